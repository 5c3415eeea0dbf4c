using System.CommandLine;
using StreamSegmenter.Connectors.Codecs.Json.Outputs;
using StreamSegmenter.Connectors.Replay;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Versions;
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
        var change = ReplayedVersions.CreateOption();
        var compare = CheckedOption.Text(
            "--compare", "Another configuration whose segments and rules run over the same input, to see both results side by side. Its files go "
            + "to 'compared' in the results' folder.", "file");
        var compareSet = new Option<string[]>("--compare-set")
        {
            Description = "The same with this configuration and other values: path=value, such as cartAbandonment[0].after=20m. May be repeated.",
            HelpName = "path=value",
            DefaultValueFactory = _ => [],
        };
        var json = JsonOption.Create();
        command.Options.Add(folder);
        command.Options.Add(lanes);
        command.Options.Add(drain);
        command.Options.Add(until);
        command.Options.Add(change);
        command.Options.Add(compare);
        command.Options.Add(compareSet);
        command.Options.Add(json);
        command.SetAction((parsed, cancellation) =>
        {
            var loaded = configuration.Load(parsed, ConfigurationUse.Replay, terminal);
            var run = new ReplayRun(
                parsed.GetValue(folder)!, ReplayedVersions.Load(loaded, parsed.GetValue(change)!, terminal), parsed.GetValue(lanes), parsed.GetValue(drain),
                parsed.GetValue(until), parsed.GetValue(json));
            return parsed.GetValue(compare) is null && parsed.GetValue(compareSet)!.Length == 0
                ? RunAsync(loaded, run, terminal, cancellation)
                : CompareAsync(loaded, OtherOf(loaded, parsed.GetValue(compare), parsed.GetValue(compareSet)!, terminal), run, terminal, cancellation);
        });
        return command;
    }

    /// <summary>What was asked for.</summary>
    private sealed record ReplayRun(string Folder, IReadOnlyList<DefinitionVersion> Later, int? Lanes, bool Drain, long? UntilMs, bool Json);

    private static async Task<int> RunAsync(
        StreamSegmenterConfiguration configuration, ReplayRun run, Terminal terminal, CancellationToken cancellation)
    {
        var result = await ReplayAsync(configuration, run, terminal, cancellation);
        if (run.Json)
        {
            ReplaySummary.Write(result, terminal.Out);
        }
        else
        {
            ReplaySummary.Show(result, run.Folder, terminal.Out);
        }

        return UnreadableInput.Report(result, terminal.Error) ? ExitCode.Failed : ExitCode.Fine;
    }

    /// <summary>Two replays, one after the other, and what differs.</summary>
    private static async Task<int> CompareAsync(
        StreamSegmenterConfiguration configuration, (StreamSegmenterConfiguration Configuration, string Name) other, ReplayRun run, Terminal terminal,
        CancellationToken cancellation)
    {
        if (configuration.Inputs.Any(input => input.File == "-"))
        {
            throw new CommandFailure("--compare reads the input twice, and standard input can be read once: name a file", ExitCode.Usage);
        }

        var result = await ReplayAsync(configuration, run, terminal, cancellation);
        var compared = await ReplayAsync(
            other.Configuration, run with { Folder = Path.Combine(run.Folder, "compared") }, terminal, cancellation);
        var names = (Path.GetFileName(configuration.File), other.Name);
        var (these, others) = (ReplayCounts.Of(result), ReplayCounts.Of(compared));
        ReplayFiles.WriteWhole(run.Folder, "comparison.json", stream => ReplayComparison.Write(names, these, others, stream));
        if (run.Json)
        {
            terminal.Out.Write(await File.ReadAllTextAsync(Path.Combine(run.Folder, "comparison.json"), cancellation));
        }
        else
        {
            ReplayComparison.Show(names, these, others, terminal.Out);
            terminal.Out.WriteLine($"Results written to {run.Folder}, those of {other.Name} to {Path.Combine(run.Folder, "compared")}");
        }

        return UnreadableInput.Report(result, terminal.Error) ? ExitCode.Failed : ExitCode.Fine;
    }

    private static (StreamSegmenterConfiguration Configuration, string Name) OtherOf(
        StreamSegmenterConfiguration configuration, string? file, string[] sets, Terminal terminal)
    {
        var loaded = file is null ? configuration.ReloadWith(sets) : configuration.ReadOther(file);
        if (file is not null && loaded.Configuration is { } other)
        {
            loaded = configuration.WithDefinitions(other.DefinitionsJson, file);
        }

        if (loaded.Configuration is { } usable)
        {
            return (usable, file is null ? string.Join(" ", sets) : Path.GetFileName(file));
        }

        foreach (var error in loaded.Errors)
        {
            terminal.Error.WriteLine(error);
        }

        throw new CommandFailure($"{(file is null ? "--compare-set" : "--compare")}: these definitions cannot be used", ExitCode.Usage);
    }

    private static async Task<ReplayResult> ReplayAsync(
        StreamSegmenterConfiguration configuration, ReplayRun run, Terminal terminal, CancellationToken cancellation)
    {
        // Before hours of work rather than after.
        Folders.Make(run.Folder, "--out");
        var files = EngineSetup.FilesOf(configuration);
        var shards = configuration.Engine.Shards;
        var runner = new ReplayRunner(
            new ReplayPlan
            {
                Definitions = configuration.Definitions,
                Segments = configuration.Segments,
                Later = run.Later,
                Options = EngineSetup.OptionsOf(configuration, files.Select(file => file.Name)),
                Inputs = files,
                Lanes = Math.Min(run.Lanes ?? configuration.Engine.Lanes ?? Environment.ProcessorCount, shards),
                Shards = shards,
                Drain = run.Drain,
                UntilMs = run.UntilMs,
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
        new ReplayFiles(run.Folder, encoder).Write(result);
        return result;
    }
}
