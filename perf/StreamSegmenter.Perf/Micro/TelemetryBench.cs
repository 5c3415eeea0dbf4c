using BenchmarkDotNet.Attributes;
using StreamSegmenter.Engine.Telemetry;

namespace StreamSegmenter.Perf.Micro;

/// <summary>What telemetry costs an event.</summary>
public class TelemetryBench
{
    private const int Operations = 10_000;
    private readonly EngineTelemetry _telemetry =
        new(new TelemetryLabels(["clicks", "orders"], ["abandoned"], ["vip"]), TimeProvider.System, "StreamSegmenter.Perf");

    private readonly LaneCounters _lane;

    public TelemetryBench() => _lane = _telemetry.AddLane();

    [Benchmark(OperationsPerInvoke = Operations)]
    public void Count_an_event()
    {
        for (var i = 0; i < Operations; i++)
        {
            _lane.EventsApplied[i & 1]++;
        }
    }
}
