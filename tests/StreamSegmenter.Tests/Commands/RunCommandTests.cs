using System.Globalization;
using StreamSegmenter.Connectors.Kafka;

namespace StreamSegmenter.Tests.Commands;

public sealed class RunCommandTests : IDisposable
{
    private const int Partitions = 4;

    private static readonly string[] Topics =
    [
        "clicks", "cart-abandonment", "suppressed-triggers", "segment-membership", "conversion-metrics", "dead-letters", "late-events",
        "streamsegmenter-exchange", "streamsegmenter-changelog",
    ];

    private readonly EmbeddedBroker _broker = EmbeddedBroker.Start();
    private readonly Cli _cli = new();

    public void Dispose()
    {
        _cli.Dispose();
        _broker.Dispose();
    }

    [Fact]
    public async Task Run_reads_what_generate_writes_and_inspect_shows_a_customer_of_it()
    {
        var config = Configure();
        Array.ForEach(Topics, topic => _broker.CreateTopic(topic, Partitions));
        Assert.Equal(0, await _cli.RunAsync(
            "generate", "--config", config, "--count", "400", "--rate", "400", "--customers", "1", "--sessions", "3"));
        Assert.Contains("400 events in topic clicks", _cli.Error, StringComparison.Ordinal);

        using var stopping = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        using var engine = new Cli();
        var running = engine.RunAsync(stopping.Token, "run", "--config", config);
        while (await _cli.RunAsync("inspect", "--config", config, "--customer", "c1") != 0 && !running.IsCompleted)
        {
            await Task.Delay(500);
        }

        await stopping.CancelAsync();
        Assert.Equal(0, await running);
        Assert.StartsWith("c1 as of ", _cli.Out, StringComparison.Ordinal);
        Assert.Matches("visitor +member since ", _cli.Out);
        Assert.Contains("stopped: everything is committed", engine.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_shows_what_the_running_engine_fired_and_what_comes_next()
    {
        var config = Configure("cartAbandonment: [{id: left, steps: [1s, 10h], minTotal: 0.01, reentry: at-once}]");
        Array.ForEach(Topics, topic => _broker.CreateTopic(topic, Partitions));
        Assert.Equal(0, await _cli.RunAsync(
            "generate", "--config", config, "--count", "400", "--rate", "400", "--customers", "1", "--sessions", "3"));

        using var stopping = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        using var engine = new Cli();
        var running = engine.RunAsync(stopping.Token, "run", "--config", config);
        string[] explain = ["explain", "--config", config, "--customer", "c1"];
        while ((await _cli.RunAsync(explain) != 0 || !_cli.Out.Contains("fires ", StringComparison.Ordinal)) && !running.IsCompleted)
        {
            await Task.Delay(500);
        }

        await stopping.CancelAsync();
        Assert.Equal(0, await running);
        Assert.Equal(0, await _cli.RunAsync(explain));
        Assert.Matches("What happened\n(?s:.*)enters +segment visitor(?s:.*)\n  .{23}Z fires +rule left, step 1, ", _cli.Out);
        Assert.Matches("What happens next, if nothing happens\n(?s:.*) fires +rule left, step 2, ", _cli.Out);

        Assert.Equal(0, await _cli.RunAsync([.. explain, "--at", "2100-01-01"]));
        Assert.Matches("Until then, if nothing happens; the engine has not come so far\n(?s:.*) fires +rule left, step 2, ", _cli.Out);
        Assert.Equal(1, await _cli.RunAsync([.. explain, "--at", "2020-01-01"]));
        Assert.Contains("Name no earlier instant, or look back over an export", _cli.Error, StringComparison.Ordinal);
        Assert.Equal(1, await _cli.RunAsync("explain", "--config", config, "--customer", "c11"));
        Assert.Contains("knows no customer 'c11'. Did you mean 'c1'?", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_shows_what_the_running_engine_has_counted_so_far()
    {
        var config = Configure("conversions: {windows: [1m, 1h]}");
        Array.ForEach(Topics, topic => _broker.CreateTopic(topic, Partitions));
        Assert.Equal(0, await _cli.RunAsync(
            "generate", "--config", config, "--count", "400", "--rate", "400", "--customers", "40", "--sessions", "3"));

        using var stopping = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        using var engine = new Cli();
        var running = engine.RunAsync(stopping.Token, "run", "--config", config);
        string[] metrics = ["metrics", "--config", config, "--window", "1m"];
        var events = 0L;
        while (events != 400 && !running.IsCompleted)
        {
            await Task.Delay(500);
            Assert.Equal(0, await _cli.RunAsync([.. metrics, "--csv"]));
            var lines = _cli.Out.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
            var column = Array.IndexOf(lines[0].Split(','), "events");
            events = lines[1..].Sum(line => long.Parse(line.Split(',')[column], CultureInfo.InvariantCulture));
        }

        Assert.Equal(400, events);
        Assert.Equal(0, await _cli.RunAsync(metrics));
        Assert.StartsWith("1m, all traffic, ", _cli.Out, StringComparison.Ordinal);
        await stopping.CancelAsync();
        Assert.Equal(0, await running);
    }

    [Fact]
    public async Task A_topic_that_does_not_exist_is_named_and_exit_1()
    {
        _broker.CreateTopic("click-stream", Partitions);

        Assert.Equal(1, await _cli.RunAsync("run", "--config", Configure()));
        Assert.Contains("input topic 'clicks' does not exist", _cli.Error, StringComparison.Ordinal);
    }

    private string Configure(string more = "") => _cli.Write("c.yaml", $$"""
        inputs: [{topic: clicks}]
        kafka: {brokers: "{{_broker.BootstrapServers}}", group: tests, delivery: at-least-once}
        segments: [{id: visitor, when: did(any)}]
        engine: {commitInterval: 200ms, lanes: 1}
        http: {listen: off}
        {{more}}
        """);
}
