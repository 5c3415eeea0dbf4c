using System.CommandLine;
using StreamSegmenter.Connectors.Generator;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Http;
using StreamSegmenter.Runtime;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;
using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Host.Demo;

/// <summary><c>demo</c>: a Kafka broker inside this process, a generated storefront, and the engine between its topics; the same
/// code as <c>run</c>, so that what one sees here is what a real cluster does.</summary>
internal static class DemoCommand
{
    private const int Partitions = 4;
    private const string ConfigurationName = "demo.yaml";

    // A second lane that joins the group a moment late would cost most of a minute in which nothing happens: the embedded
    // broker takes that long to settle a changed group. One lane reads far more than the demo sends.
    private const string OneLane = "engine.lanes=1";

    // The embedded broker neither fences nor hides what was aborted, so transactions would only pretend.
    private const string AtLeastOnce = "kafka.delivery=at-least-once";
    private static readonly DurationShape For = new(DurationShape.SecondMs, 30 * DurationShape.DayMs);
    private static readonly TimeSpan CatchUpTime = TimeSpan.FromSeconds(2);

    public static Command Create(Terminal terminal)
    {
        var command = new ExampleCommand(
            "demo",
            "Watch it work, with nothing installed: a generated storefront writes to a Kafka broker inside this process, the engine "
            + "reads it and emits triggers, membership changes and conversion metrics.",
            """
            streamsegmenter demo
            streamsegmenter demo --for 30s --rate 500
            """);
        var time = TrafficOptions.Duration("--for", "End after this long, with a summary. Default: at Ctrl-C.", For);
        var rate = CheckedOption.Number("--rate", "Events per second.", 1, 20_000, 300);
        command.Options.Add(time);
        command.Options.Add(rate);
        command.SetAction((parsed, stopping) =>
        {
            var lasts = parsed.GetValue(time) is { } text && For.TryParse(text, out var ms)
                ? TimeSpan.FromMilliseconds(ms)
                : (TimeSpan?)null;
            return RunAsync(lasts, parsed.GetValue(rate), terminal, stopping);
        });
        return command;
    }

    private static async Task<int> RunAsync(TimeSpan? lasts, int rate, Terminal terminal, CancellationToken stopping)
    {
        using var broker = EmbeddedBroker.Start();
        var configuration = Load(broker);
        CreateTopics(broker, configuration);
        var feed = new DemoFeed(terminal.Time);
        using var engine = new KafkaEngine(configuration, terminal.Time, feed.Report);
        using var screen = new DemoScreen(engine, feed, terminal);
        await using var server = await StartServerAsync(configuration, engine, stopping);
        screen.Announce(broker.BootstrapServers, configuration, server.Address);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var producer = new TopicProducer(configuration.Kafka!, configuration.Inputs[0].Topic!);
        var traffic = new GeneratedTraffic(Storefront(rate, terminal.Time), producer, terminal.Time);
        var running = engine.RunAsync(ending.Token);
        var sending = traffic.SendAsync(null, closing.Token);
        var showing = screen.FollowAsync(running);
        if (lasts is { } span)
        {
            await Task.WhenAny(running, Task.Delay(span, terminal.Time, stopping));
            await closing.CancelAsync();
            await sending;
            // The last events sent shall give their results too.
            await Task.WhenAny(running, Task.Delay(CatchUpTime, terminal.Time, stopping));
            await ending.CancelAsync();
        }

        await showing;
        await closing.CancelAsync();
        await sending;
        screen.Summarize(traffic.Sent);
        screen.SuggestNext();
        return ExitCode.Fine;
    }

    /// <summary>The sample of the same name, carried inside the assembly, against the broker of this process.</summary>
    private static StreamSegmenterConfiguration Load(EmbeddedBroker broker)
    {
        using var stream = typeof(DemoCommand).Assembly.GetManifestResourceStream(ConfigurationName)
            ?? throw new InvalidOperationException($"The assembly carries no {ConfigurationName}.");
        using var reader = new StreamReader(stream);
        var loaded = ConfigurationLoader.LoadText(
            ConfigurationName, reader.ReadToEnd(), [$"kafka.brokers={broker.BootstrapServers}", AtLeastOnce, OneLane], ConfigurationUse.Run, _ => null);
        return loaded.Configuration ?? throw new InvalidOperationException(string.Join(Environment.NewLine, loaded.Errors));
    }

    private static void CreateTopics(EmbeddedBroker broker, StreamSegmenterConfiguration configuration)
    {
        var outputs = configuration.Outputs.Topics;
        foreach (var topic in configuration.Inputs.Select(input => input.Topic!).Concat(outputs.Topics).Append(outputs.Changelog))
        {
            broker.CreateTopic(topic, Partitions);
        }
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
    private static async Task<TelemetryServer> StartServerAsync(
        StreamSegmenterConfiguration configuration, KafkaEngine engine, CancellationToken cancellation)
    {
        var address = configuration.Http.Listen ?? ListenAddress.Parse(ListenAddress.Default, allowInsecure: false).Address!;
        try
        {
            return await TelemetryServer.StartAsync(address, engine.Telemetry, cancellation: cancellation);
        }
        catch (IOException)
        {
            var any = new ListenAddress(new System.Net.IPEndPoint(address.EndPoint.Address, 0));
            return await TelemetryServer.StartAsync(any, engine.Telemetry, cancellation: cancellation);
        }
    }
}
