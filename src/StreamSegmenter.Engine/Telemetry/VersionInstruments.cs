using System.Diagnostics.Metrics;

namespace StreamSegmenter.Engine.Telemetry;

/// <summary>Which definitions hold, and how they come.</summary>
internal static class VersionInstruments
{
    public static void Create(Meter meter, EngineTelemetry telemetry)
    {
        meter.CreateObservableCounter(
            "streamsegmenter.definitions.changes", () => Observe.Sum(telemetry.Lanes, lane => lane.Own(LaneCounters.OwnVersionChanges)),
            "{change}", "Shards that changed over to other definitions.");
        meter.CreateObservableCounter(
            "streamsegmenter.definitions.changes.late", () => Observe.Sum(telemetry.Lanes, lane => lane.Own(LaneCounters.OwnVersionChangesLate)),
            "{change}", "Changes of a shard that was past the version's instant when it learned of it, and took it over where it stood.");
        meter.CreateObservableCounter(
            "streamsegmenter.definitions.refused", () => telemetry.Versions?.Refused ?? 0,
            "{version}", "Definitions that were offered and could not be used; those in force stayed.");
        meter.CreateObservableGauge(
            "streamsegmenter.definitions.pending", () => Pending(telemetry),
            "{version}", "Known versions that no shard of this process has taken over yet, because their instant has not come.");
        meter.CreateObservableGauge(
            "streamsegmenter.segment.warming", () => Warming(telemetry),
            "s", "Time until the aggregates of a segment that came with a change of definitions have seen their whole windows; 0 once they have.");
    }

    private static long Pending(EngineTelemetry telemetry)
    {
        var known = telemetry.Versions?.All.Count ?? 1;
        return known - 1 - Observe.AllShards(telemetry.Lanes).Select(shard => shard.VersionIndex).DefaultIfEmpty(known - 1).Max();
    }

    private static IEnumerable<Measurement<double>> Warming(EngineTelemetry telemetry) => Observe.AllShards(telemetry.Lanes)
        .SelectMany(shard => shard.WarmUntilMs.Where(segment => segment.Value != long.MaxValue).Select(segment => (segment.Key, Seconds: Math.Max(0, segment.Value - shard.WatermarkMs) / 1000.0)))
        .GroupBy(segment => segment.Key)
        .Select(segment => new Measurement<double>(segment.Max(shard => shard.Seconds), Observe.Label("segment", segment.Key)));
}
