using System.Text.Json;
using StreamSegmenter.Perf.Results;

namespace StreamSegmenter.Perf.Load;

/// <summary>Runs the loads, round by round: every program once, then every program again, so that a slow minute of the machine
/// hits all of them alike.</summary>
internal static class LoadRunner
{
    public static IReadOnlyList<LoadResult> Run(IReadOnlyList<LoadOptions> loads, int rounds)
    {
        var found = loads.ToDictionary(load => load, _ => new List<LoadRound>());
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var load in loads)
            {
                var result = Measure(load);
                found[load].Add(result);
                Console.Error.WriteLine($"  {load.Name}, round {round} of {rounds}: {result.CpuMicrosecondsPerEvent:0.000} µs CPU/event, "
                    + $"{result.AllocatedBytes / (double)result.Events:0.0} bytes/event, {result.WallSeconds:0.0} s");
            }
        }

        return [.. loads.Select(load => Reduce(load, found[load]))];
    }

    private static LoadRound Measure(LoadOptions load)
    {
        if (load.Source == LoadSource.Memory)
        {
            return Round(load.Arguments);
        }

        using var broker = new ChildProcess(["broker", .. load.Arguments.Skip(1)]);
        return Round([.. load.Arguments, "--bootstrap", broker.ReadLine()]);
    }

    private static LoadRound Round(IReadOnlyList<string> arguments)
    {
        using var measured = new ChildProcess(arguments);
        return JsonSerializer.Deserialize(measured.ReadLine(), LoadJson.Default.LoadRound)!;
    }

    private static LoadResult Reduce(LoadOptions load, List<LoadRound> rounds)
    {
        var byCpu = rounds.OrderBy(round => round.CpuMicrosecondsPerEvent).ToList();
        var median = byCpu[byCpu.Count / 2];
        return new LoadResult(
            load.Name, rounds.Count, median.Events, Math.Round(median.CpuMicrosecondsPerEvent, 4),
            Math.Round(byCpu[^1].CpuMicrosecondsPerEvent - byCpu[0].CpuMicrosecondsPerEvent, 4), Math.Round(median.Events / median.WallSeconds),
            Math.Round(median.AllocatedBytes / (double)median.Events, 2), median.Gen2Collections,
            Math.Round(median.ResidentBytesMax / (double)(1 << 20)), median.Outputs);
    }
}
