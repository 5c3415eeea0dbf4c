using System.Text.Json.Serialization;

namespace StreamSegmenter.Perf.Results;

/// <summary>What one run of the bench found, and on which machine.</summary>
/// <param name="Commit">Commit of the source, with <c>+</c> when the work tree had changes.</param>
/// <param name="Quick">A short run: its times are rough, its allocations are right.</param>
internal sealed record BenchResults(
    DateTimeOffset At, string Commit, bool Quick, Machine Machine, IReadOnlyList<MicroResult> Micro, IReadOnlyList<LoadResult> Load);

/// <summary>One micro-benchmark, per operation.</summary>
/// <param name="Name">Class and method: <c>TimerWheel.Rearm</c>.</param>
/// <param name="ErrorNanoseconds">Half of the 99.9 % confidence interval.</param>
/// <param name="AllocatedBytes">Managed bytes.</param>
internal sealed record MicroResult(string Name, double Nanoseconds, double ErrorNanoseconds, double AllocatedBytes);

/// <summary>One end-to-end load, the median round by CPU time.</summary>
/// <param name="Name">Program, way in, codec and shape: <c>engine/memory/json/sessions</c>.</param>
/// <param name="Events">Events measured, those of the warm-up not included.</param>
/// <param name="CpuMicrosecondsPerEvent">User and system time of the measured process, all its threads.</param>
/// <param name="SpreadMicroseconds">Slowest minus fastest round.</param>
/// <param name="EventsPerSecond">By the clock on the wall.</param>
/// <param name="ManagedBytesPerEvent">Allocated on the managed heap.</param>
/// <param name="Gen2Collections">During the measured part.</param>
/// <param name="ResidentMebibytesMax">Largest resident memory, the events in memory included where they are.</param>
internal sealed record LoadResult(
    string Name, int Rounds, long Events, double CpuMicrosecondsPerEvent, double SpreadMicroseconds, double EventsPerSecond,
    double ManagedBytesPerEvent, int Gen2Collections, double ResidentMebibytesMax, IReadOnlyDictionary<string, long> Outputs)
{
    /// <summary>What one core could do if it did nothing else.</summary>
    [JsonIgnore]
    public double EventsPerSecondPerCore => 1_000_000 / CpuMicrosecondsPerEvent;
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = System.Text.Json.JsonCommentHandling.Skip)]
[JsonSerializable(typeof(BenchResults))]
[JsonSerializable(typeof(Budgets))]
internal sealed partial class ResultsJson : JsonSerializerContext;
