using System.CommandLine;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Http;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;
using StreamSegmenter.Runtime.Configuration.Shapes;
using StreamSegmenter.Runtime;

namespace StreamSegmenter.Host.Running;

/// <summary><c>run</c>: the engine on Kafka, until it is told to stop.</summary>
internal static class RunCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new ExampleCommand(
            "run",
            "Run on Kafka: read the configured topics, write triggers, membership changes and conversion metrics, "
            + "until Ctrl-C, SIGTERM or SIGHUP.",
            """
            streamsegmenter run --config samples/shop.yaml
            streamsegmenter run --config samples/shop.yaml --set kafka.brokers=broker:9092
            """);
        var options = new ConfigurationOptions();
        options.AddTo(command);
        command.SetAction((parsed, stopping) => RunAsync(options.Load(parsed, ConfigurationUse.Run, terminal), terminal, stopping));
        return command;
    }

    private static async Task<int> RunAsync(StreamSegmenterConfiguration configuration, Terminal terminal, CancellationToken stopping)
    {
        if (configuration.Engine.StateDirectory is { } state)
        {
            // Now rather than when the first partition comes.
            Folders.MakeWritable(state, "engine.stateDirectory");
        }

        using var engine = new KafkaEngine(configuration, terminal.Time, terminal.Tell);
        await using var server = await StartServerAsync(configuration.Http, engine, stopping);
        var topics = string.Join(", ", configuration.Inputs.Select(input => input.Topic));
        terminal.Error.WriteLine(configuration.Redactor.Redact(
            $"group '{configuration.Kafka!.Group}' reads {topics} at {configuration.Kafka.Brokers}"));
        if (server is not null)
        {
            terminal.Error.WriteLine($"telemetry at {server.Address}metrics, readiness at {server.Address}readyz");
        }

        using var figures = new EngineFigures(engine.Telemetry);
        await using var announcing = stopping.Register(() => terminal.Tell(
            $"stopping: the last commit and leaving the group, within {DurationShape.Show(configuration.Engine.ShutdownDeadlineMs)}; "
            + "a signal after more than a second ends at once"));
        await new ProgressLine(terminal).FollowAsync(engine.RunAsync(stopping), figures.ReadProgress);
        if (!engine.HasStarted)
        {
            terminal.Error.WriteLine("stopped: no broker had answered, nothing was begun");
            return ExitCode.Fine;
        }

        terminal.Error.WriteLine("stopped: everything is committed" + (configuration.Kafka.Instance is null
            ? ""
            : $"; as a static member it keeps its partitions for {DurationShape.Show(configuration.Kafka.Timing.SessionTimeoutMs)}"));
        return ExitCode.Fine;
    }

    /// <summary>Null when the configuration says that there is no HTTP.</summary>
    public static async Task<TelemetryServer?> StartServerAsync(
        HttpConfiguration http, KafkaEngine engine, CancellationToken cancellation) =>
        http.Listen is { } address
            ? await TelemetryServer.StartAsync(address, engine.Telemetry, cancellation: cancellation)
            : null;
}
