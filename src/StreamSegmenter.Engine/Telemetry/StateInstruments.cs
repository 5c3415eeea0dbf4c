using System.Diagnostics.Metrics;

namespace StreamSegmenter.Engine.Telemetry;

/// <summary>What the engine holds: watermarks, buffers, customers, members, and whether it is ready.</summary>
internal static class StateInstruments
{
    public static void Create(Meter meter, EngineTelemetry telemetry)
    {
        CreateTime(meter, telemetry);
        CreateHoldings(meter, telemetry);
        CreateRestore(meter, telemetry);
        meter.CreateObservableGauge(
            "streamsegmenter.ready", () => Observe.Lanes(telemetry.Lanes, lane => lane.Health.IsReady ? 1L : 0L),
            null, "1 when the lane is restored and connected, else 0.");
        meter.CreateObservableGauge(
            "streamsegmenter.lane.heartbeat_age", () => Observe.Lanes(telemetry.Lanes, lane => lane.Health.SinceHeartbeat().TotalSeconds),
            "s", "Time since the lane's loop last made a turn.");
    }

    private static void CreateTime(Meter meter, EngineTelemetry telemetry)
    {
        meter.CreateObservableGauge(
            "streamsegmenter.watermark.timestamp",
            () => Observe.Shards<double>(telemetry.Lanes, shard => Known(shard.WatermarkMs) / 1000.0),
            "s", "Watermark of a shard: event time since 1970-01-01 UTC below which no on-time event can still arrive.");
        meter.CreateObservableGauge(
            "streamsegmenter.watermark.lag",
            () =>
            {
                var nowMs = telemetry.NowMs();
                return Observe.Shards<double>(telemetry.Lanes, shard => (nowMs - Known(shard.WatermarkMs)) / 1000.0);
            },
            "s", "How far a shard's watermark is behind the clock.");
    }

    private static void CreateHoldings(Meter meter, EngineTelemetry telemetry)
    {
        meter.CreateObservableGauge(
            "streamsegmenter.working_set.customers",
            () => Observe.Lanes(telemetry.Lanes, lane => lane.Own(LaneCounters.OwnWorkingSetCustomers)),
            "{customer}", "Customers touched since the last commit.");
        meter.CreateObservableGauge(
            "streamsegmenter.working_set", () => Observe.Lanes(telemetry.Lanes, lane => lane.Own(LaneCounters.OwnWorkingSetBytes)),
            "By", "Bytes of the customers touched since the last commit.");
        meter.CreateObservableGauge(
            "streamsegmenter.reorder_buffer.events", () => Observe.Shards<long>(telemetry.Lanes, shard => shard.ReorderEvents),
            "{event}", "Events that wait for the shard's watermark.");
        meter.CreateObservableGauge(
            "streamsegmenter.customers", () => Observe.Shards<long>(telemetry.Lanes, shard => shard.Customers),
            "{customer}", "Customers in the shard's state.");
        meter.CreateObservableGauge(
            "streamsegmenter.segment.members", () => Members(telemetry.Lanes, telemetry.Labels.Segments),
            "{customer}", "Members of a segment among the customers of this process.");
    }

    private static void CreateRestore(Meter meter, EngineTelemetry telemetry)
    {
        meter.CreateObservableCounter(
            "streamsegmenter.restored.records", () => Observe.Sum(telemetry.Lanes, lane => lane.Own(LaneCounters.OwnRecordsRestored)),
            "{record}", "Changelog records read to restore shards.");
        meter.CreateObservableGauge(
            "streamsegmenter.restore.remaining.records",
            () => Observe.Shards(telemetry.Lanes, shard => Known(shard.RestoreRemaining)),
            "{record}", "Changelog records that a shard still has to read before it works; 0 once it is restored.");
    }

    private static IEnumerable<Measurement<long>> Members(LaneCounters[] lanes, IReadOnlyList<string> segments) =>
        segments.Select((segment, i) => new Measurement<long>(
            Observe.AllShards(lanes).Sum(shard => shard.Members.Read(i)), Observe.Label("segment", segment)));

    private static long? Known(long figure) => figure == ShardGauges.Unknown ? null : figure;
}
