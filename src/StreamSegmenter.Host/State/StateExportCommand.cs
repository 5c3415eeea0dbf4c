using System.CommandLine;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Checkpoints;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Running;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Host.State;

/// <summary><c>state export</c>: the state of every customer, a JSON line each.</summary>
internal static class StateExportCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new ExampleCommand(
            "export",
            "Write the state to standard output, one JSON line per customer (\"kind\": \"customer\"), and one for each conversion pane, "
            + "layout and shard, so that 'state import' loses nothing. Reads the changelog on Kafka: the state as of the last commit. "
            + "With --from, the newest valid checkpoint of each shard in a folder. Writes nothing else; the engine may run "
            + "meanwhile. Holds one partition's state in memory.",
            """
            streamsegmenter state export --config samples/shop.yaml > state.jsonl
            streamsegmenter state export --config samples/shop.yaml --customer c-42
            streamsegmenter state export --config samples/shop.yaml --from /var/lib/streamsegmenter
            """);
        var options = new ConfigurationOptions();
        options.AddTo(command);
        var from = CheckedOption.Text("--from", "A folder with checkpoints, instead of the changelog.", "folder");
        var customer = CheckedOption.Text("--customer", "Only this customer's line.", "id");
        command.Options.Add(from);
        command.Options.Add(customer);
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var folder = parsed.GetValue(from);
                var configuration = options.Load(parsed, folder is null ? ConfigurationUse.Run : ConfigurationUse.Check, terminal);
                return Run(configuration, folder, parsed.GetValue(customer), terminal, cancellation);
            },
            cancellation));
        return command;
    }

    private static int Run(
        StreamSegmenterConfiguration configuration, string? folder, string? customer, Terminal terminal, CancellationToken cancellation)
    {
        var export = new StateExport(configuration, customer, terminal.Out);
        if (folder is null)
        {
            FromChangelog(configuration, export, cancellation);
        }
        else
        {
            FromCheckpoints(folder, export, terminal);
        }

        if (customer is not null && export.Customers == 0)
        {
            throw new CommandFailure($"there is no customer '{customer}' in the state.");
        }

        terminal.Error.WriteLine(export.Customers == 1 ? "1 customer" : $"{export.Customers} customers");
        return ExitCode.Fine;
    }

    private static void FromChangelog(StreamSegmenterConfiguration configuration, StateExport export, CancellationToken cancellation)
    {
        var settings = CheckedKafka.ToRead(configuration);
        new TopicScan(settings).Read(settings.Outputs.Changelog, export.Begin, export.Write, cancellation);
    }

    private static void FromCheckpoints(string folder, StateExport export, Terminal terminal)
    {
        if (!Directory.Exists(folder))
        {
            throw new CommandFailure($"--from: there is no folder '{folder}'.", ExitCode.Usage);
        }

        var used = CheckpointArchive.Read(folder, partition =>
        {
            export.WriteBegun();
            return export.Begin(partition);
        });
        export.WriteBegun();
        foreach (var report in used)
        {
            terminal.Error.WriteLine(
                $"partition {report.Partition}: {report.Path} of {TimeText.Show(report.CreatedMs)}; what happened since is not in it");
        }

        if (used.Count == 0)
        {
            throw new CommandFailure($"--from: '{folder}' has no valid checkpoint; 'state verify {folder}' shows why.");
        }
    }
}
