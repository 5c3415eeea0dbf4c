using StreamSegmenter.Connectors.Generator;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Host.Serving;
using StreamSegmenter.Runtime;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;
using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Host.Demo;

internal sealed record DemoShopOptions
{
    /// <summary>Events per second.</summary>
    public int Rate { get; init; } = 300;

    /// <summary>Receives the engine's reports.</summary>
    public Action<string> Report { get; init; } = _ => { };

    /// <summary>Values over those of the demo's configuration.</summary>
    public IReadOnlyList<string> Overrides { get; init; } = [];
}

/// <summary>Everything that the demo runs: a Kafka broker inside this process, a generated storefront, the engine between its topics, and the
/// server; the same code as <c>run</c>.</summary>
internal sealed class DemoShop : IAsyncDisposable
{
    private const int Partitions = 4;
    private const string ConfigurationName = "demo.yaml";

    // A second lane that joins the group a moment late would cost most of a minute in which nothing happens: the embedded
    // broker takes that long to settle a changed group. One lane reads far more than the demo sends.
    private const string OneLane = "engine.lanes=1";

    // The embedded broker neither fences nor hides what was aborted, so transactions would only pretend.
    private const string AtLeastOnce = "kafka.delivery=at-least-once";

    private readonly EmbeddedBroker _broker;
    private readonly ServedEngine _served;
    private readonly TopicProducer _producer;
    private readonly GeneratedTraffic _traffic;

    private DemoShop(DemoShopOptions options, TimeProvider clock)
    {
        _broker = EmbeddedBroker.Start();
        Configuration = Load(_broker, options);
        CreateTopics(_broker, Configuration);
        _served = new ServedEngine(Configuration, clock, options.Report, line => options.Report($"audit: {line}"));
        _producer = new TopicProducer(Configuration.Kafka!, Configuration.Inputs[0].Topic!);
        _traffic = new GeneratedTraffic(Storefront(options.Rate, clock), _producer, clock);
    }

    public StreamSegmenterConfiguration Configuration { get; }

    public KafkaEngine Engine => _served.Engine;

    public string Brokers => _broker.BootstrapServers;

    /// <summary>Of the server.</summary>
    public Uri Address => _served.Address!;

    /// <summary>Events.</summary>
    public long Sent => _traffic.Sent;

    /// <summary>Opens the shop: everything is there and nothing runs yet.</summary>
    public static async Task<DemoShop> OpenAsync(DemoShopOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        var shop = new DemoShop(options, clock);
        await shop.ServeAsync(cancellation);
        return shop;
    }

    /// <summary>Customers come and go until it is cancelled.</summary>
    public Task SendAsync(CancellationToken stopping) => _traffic.SendAsync(null, stopping);

    public async ValueTask DisposeAsync()
    {
        await _served.DisposeAsync();
        _producer.Dispose();
        _broker.Dispose();
    }

    /// <summary>The sample of the same name, carried inside the assembly, against the broker of this process.</summary>
    private static StreamSegmenterConfiguration Load(EmbeddedBroker broker, DemoShopOptions options)
    {
        using var stream = typeof(DemoShop).Assembly.GetManifestResourceStream(ConfigurationName)
            ?? throw new InvalidOperationException($"The assembly carries no {ConfigurationName}.");
        using var reader = new StreamReader(stream);
        string[] overrides = [$"kafka.brokers={broker.BootstrapServers}", AtLeastOnce, OneLane, .. options.Overrides];
        var loaded = ConfigurationLoader.LoadText(ConfigurationName, reader.ReadToEnd(), overrides, ConfigurationUse.Run, _ => null);
        return loaded.Configuration ?? throw new InvalidOperationException(string.Join(Environment.NewLine, loaded.Errors));
    }

    private static void CreateTopics(EmbeddedBroker broker, StreamSegmenterConfiguration configuration)
    {
        var outputs = configuration.Outputs.Topics;
        foreach (var topic in configuration.Inputs.Select(input => input.Topic!).Concat(outputs.Topics).Append(outputs.Changelog))
        {
            broker.CreateTopic(topic, Partitions);
        }

        broker.CreateTopic(outputs.Definitions!, 1);
    }

    // Visits whose events are about a second apart, so that a whole one fits into the time one likes to watch.
    private static GeneratorOptions Storefront(int rate, TimeProvider clock) => new()
    {
        Seed = (ulong)clock.GetUtcNow().ToUnixTimeMilliseconds(),
        EventsPerSecond = rate,
        OpenSessions = rate,
        Customers = rate * 20,
        DisorderMs = 300,
        StartMs = clock.GetUtcNow().ToUnixTimeMilliseconds(),
    };

    /// <summary>At the configured address, or at any free port where another program has that.</summary>
    private async Task ServeAsync(CancellationToken cancellation)
    {
        var address = Configuration.Http.Listen ?? ListenAddress.Parse(ListenAddress.Default, allowInsecure: false).Address!;
        try
        {
            await _served.ServeAsync(address, cancellation);
        }
        catch (IOException)
        {
            await _served.ServeAsync(new ListenAddress(new System.Net.IPEndPoint(address.EndPoint.Address, 0)), cancellation);
        }
    }
}
