using System.CommandLine;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Running;
using StreamSegmenter.Runtime;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;
using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Host.Serving;

/// <summary><c>run</c>: the engine on Kafka, until a signal stops it.</summary>
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
        if (configuration.Engine.Limits.StateDirectory is { } state)
        {
            // Now rather than when the first partition comes.
            Folders.MakeWritable(state, "engine.stateDirectory");
        }

        var log = new RunLog(terminal, configuration.Logging.Format);
        await using var served = new ServedEngine(
            configuration, terminal.Time, sentence => log.Warn("engine", sentence), line => log.Info("audit", line));
        var engine = served.Engine;
        if (configuration.Http.Listen is { } address)
        {
            await served.ServeAsync(address, stopping);
        }

        var topics = string.Join(", ", configuration.Inputs.Select(input => input.Topic));
        log.Info("run", configuration.Redactor.Redact(
            $"group '{configuration.Kafka!.GroupId}' reads {topics} at {configuration.Kafka.BootstrapServers}"));
        if (served.Address is { } at)
        {
            log.Info("run", $"console at {at}, telemetry at {at}metrics, readiness at {at}readyz");
        }

        await using var announcing = stopping.Register(() => log.Info(
            "run",
            $"stopping: the last commit and leaving the group, within {DurationShape.Show((long)configuration.Engine.ShutdownDeadline.TotalMilliseconds)}; "
            + "a signal after more than a second ends at once"));
        try
        {
            await FollowAsync(engine, engine.RunAsync(stopping), log, terminal);
        }
        catch (EngineStoppedException e)
        {
            log.Error("run", e.Message);
            return ExitCode.Failed;
        }

        if (!engine.HasStarted)
        {
            log.Info("run", "stopped: no broker had answered, nothing was begun");
            return ExitCode.Fine;
        }

        log.Info("run", "stopped: everything is committed" + (configuration.Kafka.InstanceId is null
            ? ""
            : $"; as a static member it keeps its partitions for {DurationShape.Show(configuration.Kafka.SessionTimeoutMs)}"));
        return ExitCode.Fine;
    }

    // One line that changes in place for a person, and only what changes for a log.
    private static async Task FollowAsync(KafkaEngine engine, Task running, RunLog log, Terminal terminal)
    {
        if (!log.IsForPerson)
        {
            await new ReadinessLog(log, engine.Telemetry, terminal.Time).FollowAsync(running);
            return;
        }

        using var figures = new EngineFigures(engine.Telemetry);
        await new ProgressLine(terminal).FollowAsync(running, figures.ReadProgress);
    }
}
