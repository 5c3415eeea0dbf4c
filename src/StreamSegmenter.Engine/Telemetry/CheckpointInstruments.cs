using System.Diagnostics.Metrics;

namespace StreamSegmenter.Engine.Telemetry;

/// <summary>What the engine keeps on its local disk, and whether the disk keeps it.</summary>
internal static class CheckpointInstruments
{
    private static readonly double[] DurationBounds = [0.1, 0.5, 1, 5, 15, 60, 180, 600];

    public static void Create(Meter meter, EngineTelemetry telemetry)
    {
        meter.CreateObservableCounter(
            "streamsegmenter.checkpoints", () => Outcomes(telemetry.Lanes),
            "{checkpoint}", "Checkpoints by outcome; one that failed is tried again.");
        meter.CreateObservableGauge(
            "streamsegmenter.checkpoint.age",
            () =>
            {
                var nowMs = telemetry.NowMs();
                return Observe.Shards<double>(
                    telemetry.Lanes,
                    shard => shard.CheckpointAtMs == ShardGauges.Unknown ? null : Math.Max(0, nowMs - shard.CheckpointAtMs) / 1000.0);
            },
            "s", "Age of a shard's newest checkpoint; absent while there is none.");
        meter.CreateObservableGauge(
            "streamsegmenter.checkpoint.size",
            () => Observe.Shards<long>(
                telemetry.Lanes, shard => shard.CheckpointBytes == ShardGauges.Unknown ? null : shard.CheckpointBytes),
            "By", "Size of a shard's newest checkpoint.");
        meter.CreateObservableGauge(
            "streamsegmenter.spill", () => Observe.Shards<long>(telemetry.Lanes, shard => shard.SpillBytes),
            "By", "Size of the files with the state of a shard that does not fit into memory.");
        meter.CreateObservableCounter(
            "streamsegmenter.spill.compactions", () => Observe.Sum(telemetry.Lanes, lane => lane.Own(LaneCounters.OwnCompactions)),
            "{compaction}", "Times that the files of a shard were rid of what is superseded in them.");
        meter.CreateObservableCounter(
            "streamsegmenter.spill.freed", () => Observe.Sum(telemetry.Lanes, lane => lane.Own(LaneCounters.OwnSpillBytesFreed)),
            "By", "Bytes of these files that were given back to the disk.");
        meter.CreateObservableCounter(
            "streamsegmenter.state_damaged", () => Observe.Sum(telemetry.Lanes, lane => lane.Own(LaneCounters.OwnStatesDamaged)),
            "{shard}", "Shards that were restored anew because the disk gave back something else than was written.");
    }

    public static Histogram<double> CreateDuration(Meter meter) => meter.CreateHistogram(
        "streamsegmenter.checkpoint.duration", "s", "Time from the start of a checkpoint until it was verified.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = DurationBounds });

    private static IEnumerable<Measurement<long>> Outcomes(LaneCounters[] lanes) =>
    [
        new(Observe.Sum(lanes, lane => lane.Own(LaneCounters.OwnCheckpointsWritten)), Observe.Label("outcome", "written")),
        new(Observe.Sum(lanes, lane => lane.Own(LaneCounters.OwnCheckpointsFailed)), Observe.Label("outcome", "failed")),
    ];
}
