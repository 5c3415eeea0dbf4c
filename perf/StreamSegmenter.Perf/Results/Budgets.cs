using System.Text.Json;

namespace StreamSegmenter.Perf.Results;

/// <summary>What a run may cost; perf/budgets.json. Allocations are the same on every machine, so they are a gate;
/// times are not, so ratios of two programs measured in one run are a goal that is reported.</summary>
/// <param name="AllocatedBytes">Largest managed bytes per operation (micro) or per event (load), by name.</param>
/// <param name="CpuRatios">Goals for the CPU time of one load divided by that of another.</param>
internal sealed record Budgets(IReadOnlyDictionary<string, double> AllocatedBytes, IReadOnlyList<CpuRatio> CpuRatios)
{
    public static Budgets Read(string file) =>
        JsonSerializer.Deserialize(File.ReadAllText(file), ResultsJson.Default.Budgets)
        ?? throw new InvalidDataException($"{file}: empty; it must be an object with allocatedBytes and cpuRatios");

    /// <summary>Every measured name whose allocations exceed its budget, and every one that has none: a new benchmark
    /// gets a budget with its first commit.</summary>
    public IEnumerable<string> Exceeded(BenchResults results)
    {
        var measured = results.Micro.Select(micro => (micro.Name, micro.AllocatedBytes))
            .Concat(results.Load.Select(load => (load.Name, AllocatedBytes: load.ManagedBytesPerEvent)));
        foreach (var (name, bytes) in measured)
        {
            if (!AllocatedBytes.TryGetValue(name, out var budget))
            {
                yield return $"{name}: allocates {bytes:0.##} bytes and has no budget; add it to allocatedBytes in perf/budgets.json";
            }
            else if (bytes > budget)
            {
                yield return $"{name}: allocates {bytes:0.##} bytes, its budget is {budget:0.##}";
            }
        }
    }

    /// <summary>Each goal of which both sides were measured, and how it stands.</summary>
    public IEnumerable<string> Ratios(BenchResults results)
    {
        var cpu = results.Load.ToDictionary(load => load.Name, load => load.CpuMicrosecondsPerEvent);
        foreach (var ratio in CpuRatios)
        {
            if (cpu.TryGetValue(ratio.Of, out var of) && cpu.TryGetValue(ratio.To, out var to))
            {
                var now = of / to;
                yield return $"{ratio.Of} / {ratio.To}: {now:0.00}, goal {ratio.Goal:0.00} ({(now <= ratio.Goal ? "reached" : "not reached")})";
            }
        }
    }
}

internal sealed record CpuRatio(string Of, string To, double Goal);
