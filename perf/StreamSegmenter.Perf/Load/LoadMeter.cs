using System.Diagnostics;
using System.Text.Json.Serialization;

namespace StreamSegmenter.Perf.Load;

/// <summary>Reads what the operating system says this process used between two instants: the CPU time of all its threads,
/// librdkafka's and the garbage collector's included.</summary>
internal sealed class LoadMeter
{
    private TimeSpan _cpu;
    private long _allocated;
    private long _started;
    private long _events;
    private int _gen2;

    /// <summary>The warm-up is over.</summary>
    public void Start(long eventsSoFar)
    {
        _events = eventsSoFar;
        _gen2 = GC.CollectionCount(2);
        _allocated = GC.GetTotalAllocatedBytes(precise: true);
        _started = Stopwatch.GetTimestamp();
        _cpu = Environment.CpuUsage.TotalTime;
    }

    public LoadRound Stop(long events, IReadOnlyDictionary<string, long> outputs)
    {
        var cpu = Environment.CpuUsage.TotalTime - _cpu;
        var wall = Stopwatch.GetElapsedTime(_started);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - _allocated;
        using var process = Process.GetCurrentProcess();
        return new LoadRound(
            events - _events, cpu.TotalSeconds, wall.TotalSeconds, allocated, GC.CollectionCount(2) - _gen2, process.PeakWorkingSet64,
            new Dictionary<string, long>(outputs));
    }
}

/// <summary>One measured run of one process, as it reports it on its standard output.</summary>
internal sealed record LoadRound(
    long Events, double CpuSeconds, double WallSeconds, long AllocatedBytes, int Gen2Collections, long ResidentBytesMax,
    Dictionary<string, long> Outputs)
{
    public double CpuMicrosecondsPerEvent => CpuSeconds * 1_000_000 / Events;
}

[JsonSerializable(typeof(LoadRound))]
internal sealed partial class LoadJson : JsonSerializerContext;
