using System.CommandLine;
using System.Text.Json;
using StreamSegmenter.Perf.Load;
using StreamSegmenter.Perf.Micro;
using StreamSegmenter.Perf.Results;

namespace StreamSegmenter.Perf;

/// <summary>The command line: runs what is asked for, prints the table, keeps the files, holds the allocations against their
/// budgets. Exit code 0: within budget; 1: a budget is exceeded or a run failed; 2: wrong usage.</summary>
internal static class BenchCommand
{
    private const string Description = """
        Measures StreamSegmenter: micro-benchmarks, and the end-to-end load in CPU time and managed bytes per event.

        Without options everything runs, about ten minutes on two cores, and the figures go to perf/out/ with the machine's
        description; with --keep to perf/results/, to be committed. --quick takes about two minutes, is right about allocations and
        rough about times. An allocation beyond perf/budgets.json ends with exit code 1; times are never a reason to fail.

        Examples:
          dotnet run -c Release --project perf/StreamSegmenter.Perf -- --quick
          dotnet run -c Release --project perf/StreamSegmenter.Perf -- --micro --filter TimerWheel
          dotnet run -c Release --project perf/StreamSegmenter.Perf -- --load --filter memory/json/sessions --events 2000000
        """;

    private static readonly Option<bool> Quick = new("--quick") { Description = "Fewer and shorter rounds." };
    private static readonly Option<bool> MicroOnly = new("--micro") { Description = "The micro-benchmarks only." };
    private static readonly Option<bool> LoadOnly = new("--load") { Description = "The end-to-end loads only." };

    private static readonly Option<string?> Filter = new("--filter")
    {
        Description = "Only what has this text in its name.", HelpName = "TEXT",
    };

    private static readonly Option<long?> Events = new("--events")
    {
        Description = "Events per load behind its warm-up; 1,000,000, or 300,000 with --quick. Through the broker at most 1,500,000.", HelpName = "N",
    };

    private static readonly Option<bool> Keep = new("--keep") { Description = "Results go to perf/results/, which is under version control." };

    private static readonly Option<string?> Out = new("--out") { Description = "Folder for the results files.", HelpName = "DIR" };

    public static RootCommand Create()
    {
        var root = new RootCommand(Description) { Quick, MicroOnly, LoadOnly, Filter, Events, Keep, Out };
        Events.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long?>() is < 1_000)
            {
                result.AddError("--events: at least 1,000 are needed to measure anything");
            }
        });
        root.SetAction(Run);
        foreach (var child in ChildCommands.Create())
        {
            root.Add(child);
        }

        root.Add(ChildCommands.CreateCheckpoint());
        root.Add(ChildCommands.CreateSpill());

        return root;
    }

    private static int Run(ParseResult arguments)
    {
        var quick = arguments.GetValue(Quick);
        var filter = arguments.GetValue(Filter);
        var both = arguments.GetValue(MicroOnly) == arguments.GetValue(LoadOnly);
        try
        {
            var commit = Repository.Commit();
            var machine = Machine.Describe();
            Console.Error.WriteLine(quick ? "bench, quick:" : "bench:");
            var micro = both || arguments.GetValue(MicroOnly) ? MicroRunner.Run(quick, filter) : [];
            var loads = both || arguments.GetValue(LoadOnly) ? Loads(arguments.GetValue(Events) ?? (quick ? 300_000 : 1_000_000), filter) : [];
            var load = LoadRunner.Run(loads, quick ? 1 : 3);
            if (micro.Count + load.Count == 0)
            {
                Console.Error.WriteLine($"--filter: nothing has '{filter}' in its name");
                return 2;
            }

            var results = new BenchResults(DateTimeOffset.UtcNow, commit, quick, machine, micro, load);
            return Report(results, arguments.GetValue(Out) ?? (arguments.GetValue(Keep) ? Repository.Results : Repository.Scratch));
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or JsonException)
        {
            Console.Error.WriteLine($"bench: {e.Message}");
            return 1;
        }
    }

    private static LoadOptions[] Loads(long events, string? filter)
    {
        var throughBroker = Math.Min(events, LoadOptions.EventsThroughBrokerMax);
        LoadOptions[] all =
        [
            new(LoadProgram.Engine, LoadSource.Memory, LoadCodec.Json, TrafficShape.Sessions, events),
            new(LoadProgram.Engine, LoadSource.Memory, LoadCodec.Json, TrafficShape.Uniform, events),
            new(LoadProgram.Engine, LoadSource.Memory, LoadCodec.Json, TrafficShape.Hot, events),
            new(LoadProgram.Engine, LoadSource.Memory, LoadCodec.Avro, TrafficShape.Sessions, events),
            new(LoadProgram.Consume, LoadSource.Kafka, LoadCodec.Json, TrafficShape.Sessions, throughBroker),
            new(LoadProgram.Engine, LoadSource.Kafka, LoadCodec.Json, TrafficShape.Sessions, throughBroker),
            new(LoadProgram.Engine, LoadSource.Kafka, LoadCodec.Json, TrafficShape.Uniform, throughBroker),
            new(LoadProgram.Engine, LoadSource.Kafka, LoadCodec.Json, TrafficShape.Sessions, throughBroker)
            {
                Durability = LoadDurability.Transactions,
            },
            new(LoadProgram.Engine, LoadSource.Kafka, LoadCodec.Json, TrafficShape.Sessions, throughBroker)
            {
                Durability = LoadDurability.Checkpoints,
            },
        ];
        return [.. all.Where(load => filter is null || load.Name.Contains(filter, StringComparison.OrdinalIgnoreCase))];
    }

    /// <summary>A run of one part does not write over a run of both.</summary>
    private static string Part(BenchResults results) => results.Load.Count == 0 ? "-micro" : results.Micro.Count == 0 ? "-load" : "";

    private static int Report(BenchResults results, string folder)
    {
        var budgets = Budgets.Read(Repository.Budgets);
        string[] ratios = [.. budgets.Ratios(results)];
        var markdown = ReportText.Markdown(results, ratios);
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, $"{results.At:yyyy-MM-dd}-{results.Machine.Slug}{Part(results)}{(results.Quick ? "-quick" : "")}");
        File.WriteAllText(file + ".json", JsonSerializer.Serialize(results, ResultsJson.Default.BenchResults) + "\n");
        File.WriteAllText(file + ".md", markdown);
        Console.Out.WriteLine(markdown);
        Console.Out.WriteLine($"written to {Path.GetRelativePath(Environment.CurrentDirectory, file)}.json and .md");
        string[] exceeded = [.. budgets.Exceeded(results)];
        foreach (var line in exceeded)
        {
            Console.Error.WriteLine($"budget: {line}");
        }

        return exceeded.Length == 0 ? 0 : 1;
    }
}
