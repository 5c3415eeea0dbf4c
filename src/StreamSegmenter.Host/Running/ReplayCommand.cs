using System.CommandLine;
using StreamSegmenter.Connectors.Codecs.Json.Outputs;
using StreamSegmenter.Connectors.Replay;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Runtime;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Host.Running;

/// <summary><c>replay</c>: files in, files out, by the same engine, with no broker and no clock.</summary>
internal static class ReplayCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new ExampleCommand(
            "replay",
            "Run the configuration over files and write what it finds: to test a rule against history. The same input and "
            + "configuration give the same files, byte for byte.",
            """
            streamsegmenter replay --config samples/replay/rees46.yaml --out results --set inputs[0].file=2019-Oct.csv.gz
            zcat clicks.jsonl.gz | streamsegmenter replay --config shop.yaml --out results --set inputs[0].file=-
            """);
        var configuration = new ConfigurationOptions();
        configuration.AddTo(command);
        var folder = CheckedOption.Text("--out", "Folder for the results; made if it is not there.", "folder", "-o");
        folder.Required = true;
        var lanes = CheckedOption.Number("--lanes", "Threads. The results do not depend on it. Default: one per core.", 1, 256);
        var drain = CheckedOption.Flag(
            "--drain", "Let all deadlines pass at the end of the input. Without it, those behind its last event stay pending.");
        var until = CheckedOption.Instant(
            "--until", "Leave later events out and let time end here: ISO 8601 (UTC unless it carries a zone) or epoch milliseconds.");
        var json = JsonOption.Create();
        command.Options.Add(folder);
        command.Options.Add(lanes);
        command.Options.Add(drain);
        command.Options.Add(until);
        command.Options.Add(json);
        command.SetAction((parsed, cancellation) => RunAsync(
            configuration.Load(parsed, ConfigurationUse.Replay, terminal),
            parsed.GetValue(folder)!, parsed.GetValue(lanes), parsed.GetValue(drain), parsed.GetValue(until), parsed.GetValue(json), terminal, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        StreamSegmenterConfiguration configuration, string folder, int? lanes, bool drain, long? untilMs, bool json, Terminal terminal,
        CancellationToken cancellation)
    {
        // Before hours of work rather than after.
        Folders.Make(folder, "--out");
        var files = EngineSetup.FilesOf(configuration);
        var shards = configuration.Engine.Shards;
        var runner = new ReplayRunner(
            new ReplayPlan
            {
                Definitions = configuration.Definitions,
                Segments = configuration.Segments,
                Options = EngineSetup.OptionsOf(configuration, files.Select(file => file.Name)),
                Inputs = files,
                Lanes = Math.Min(lanes ?? configuration.Engine.Lanes ?? Environment.ProcessorCount, shards),
                Shards = shards,
                Drain = drain,
                UntilMs = untilMs,
            },
            terminal.Time);
        using var figures = new EngineFigures(runner.Telemetry);
        var work = Task.Factory.StartNew(
            () => runner.Run(cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await new ProgressLine(terminal).FollowAsync(work, () =>
        {
            figures.Refresh();
            var watermarkMs = runner.EventTimeMaxMs == long.MinValue ? (long?)null : runner.EventTimeMaxMs;
            return new ProgressFigures(runner.EventsRead, watermarkMs, null, figures.Triggers);
        });
        var result = await work;
        using var encoder = new JsonOutputEncoder();
        new ReplayFiles(folder, encoder).Write(result);
        if (json)
        {
            ReplaySummary.Write(result, terminal.Out);
        }
        else
        {
            ReplaySummary.Show(result, folder, terminal.Out);
        }

        return UnreadableInput.Report(result, terminal.Error) ? ExitCode.Failed : ExitCode.Fine;
    }
}
