using System.Text.Json.Nodes;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Host.Serving;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Integration.Api;

/// <summary>Two instances of one group over one broker, which have read all of a short input and share its partitions.</summary>
public sealed class TwoShops : IAsyncLifetime
{
    public const string Token = "a-token-of-two-shops";
    private const int Partitions = 4;
    private const int Customers = 400;

    private readonly List<CancellationTokenSource> _closing = [];
    private readonly List<Task> _running = [];
    private EmbeddedBroker _broker = null!;

    internal List<ServedEngine> Engines { get; } = [];

    public List<HttpClient> Clients { get; } = [];

    public List<string> Ids { get; } = [.. Enumerable.Range(0, Customers).Select(i => $"k{i}")];

    internal StreamSegmenterConfiguration Configuration { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        TestBroker.RequireEmbedded();
        _broker = EmbeddedBroker.Start();
        Configuration = Load();
        var outputs = Configuration.Outputs.Topics;
        foreach (var topic in Configuration.Inputs.Select(input => input.Topic!).Concat(outputs.Topics).Append(outputs.Changelog).Append(outputs.Exchange!))
        {
            _broker.CreateTopic(topic, Partitions);
        }

        _broker.CreateTopic(outputs.Definitions!, 1);
        _broker.CreateTopic(outputs.Instances!, 1);
        Send();
        await StartAsync();
        await StartAsync();
        foreach (var client in Clients)
        {
            await UntilAsync(client, "/api/v1/segments", page => SizeOf(page, "viewer") == Customers);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (closing, running) in _closing.Zip(_running))
        {
            await closing.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        foreach (var engine in Engines)
        {
            await engine.DisposeAsync();
        }

        Clients.ForEach(client => client.Dispose());
        _broker?.Dispose();
        _closing.ForEach(closing => closing.Dispose());
    }

    /// <summary>The engine ends in order; its server goes on, as one does whose process takes long to end.</summary>
    public void Stop(int instance) => _closing[instance].Cancel();

    /// <summary>The instance has restored every partition.</summary>
    public bool OwnsAll(int instance) =>
        Engines[instance].Engine.Telemetry.Lanes.SelectMany(lane => lane.Shards).Count(shard => shard.RestoreRemaining == 0) == Partitions;

    public static long SizeOf(JsonNode page, string segment) =>
        page["segments"]!.AsArray().Single(known => known!["segment"]!.GetValue<string>() == segment)!["members"]!.GetValue<long>();

    public static Task<JsonNode> UntilAsync(HttpClient client, string path, Func<JsonNode, bool> isSo) => Wait.ForAsync(
        async () =>
        {
            using var response = await client.GetAsync(path);
            var text = await response.Content.ReadAsStringAsync();
            var found = response.IsSuccessStatusCode && JsonNode.Parse(text) is { } json && isSo(json) ? json : null;
            return (found, $"{path}: still {(int)response.StatusCode} {text}");
        },
        TimeSpan.FromSeconds(120));

    private async Task StartAsync()
    {
        var engine = new ServedEngine(Configuration, TimeProvider.System, _ => { }, _ => { });
        Engines.Add(engine);
        var closing = new CancellationTokenSource();
        _closing.Add(closing);
        await engine.ServeAsync(Configuration.Http.Listen!, closing.Token);
        _running.Add(engine.Engine.RunAsync(closing.Token));
        var client = new HttpClient { BaseAddress = engine.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        Clients.Add(client);
    }

    private StreamSegmenterConfiguration Load()
    {
        var text =
            $$"""
            inputs: [{ topic: clicks, maxOutOfOrderness: 0s }]
            kafka: { brokers: "{{_broker.BootstrapServers}}", group: two, delivery: at-least-once, sessionTimeout: 6s }
            outputs: { topics: { definitions: versions, instances: instances } }
            segments:
              - { id: viewer, when: did(product_viewed) }
              - { id: buyer, when: did(order_completed) }
            engine: { lanes: 1, commitInterval: 100ms, idleTimeout: 200ms }
            http:
              listen: 127.0.0.1:0
              tokens: [{ name: test, role: admin, token: {{Token}} }]
            """;
        var loaded = ConfigurationLoader.LoadText("two.yaml", text, [], ConfigurationUse.Run, _ => null);
        return loaded.Configuration ?? throw new InvalidOperationException(string.Join(Environment.NewLine, loaded.Errors));
    }

    private void Send()
    {
        using var producer = new TopicProducer(Configuration.Kafka!, "clicks");
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        foreach (var (id, place) in Ids.Select((id, place) => (id, place)))
        {
            var key = System.Text.Encoding.UTF8.GetBytes(id);
            producer.Send(key, System.Text.Encoding.UTF8.GetBytes(
                $$"""{"event_type":"product_viewed","event_time":{{now - 5_000}},"customer_id":"{{id}}","product_id":"p"}"""), CancellationToken.None);
            if (place % 4 == 0)
            {
                producer.Send(key, System.Text.Encoding.UTF8.GetBytes(
                    $$"""{"event_type":"order_completed","event_time":{{now - 4_000}},"customer_id":"{{id}}","order_id":"o{{place}}","total":"5.00"}"""), CancellationToken.None);
            }
        }

        producer.Flush(TimeSpan.FromSeconds(20));
    }
}
