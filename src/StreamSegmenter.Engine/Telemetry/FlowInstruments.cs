using System.Diagnostics.Metrics;

namespace StreamSegmenter.Engine.Telemetry;

/// <summary>What comes in: records, events by outcome, dead letters, lag, pauses.</summary>
internal static class FlowInstruments
{
    public static void Create(Meter meter, EngineTelemetry telemetry)
    {
        var inputs = telemetry.Labels.Inputs;
        meter.CreateObservableCounter(
            "streamsegmenter.polled.records", () => Observe.Sum(telemetry.Lanes, lane => lane.Own(LaneCounters.OwnRecordsPolled)),
            "{record}", "Records that the sources delivered, readable or not.");
        meter.CreateObservableCounter(
            "streamsegmenter.polled", () => Observe.Sum(telemetry.Lanes, lane => lane.Own(LaneCounters.OwnBytesPolled)),
            "By", "Bytes of the values of the polled records.");
        meter.CreateObservableCounter(
            "streamsegmenter.events", () => Events(telemetry.Lanes, inputs),
            "{event}", "Events by what became of them; each counts under one outcome.");
        meter.CreateObservableCounter(
            "streamsegmenter.dead_letters", () => DeadLetters(telemetry.Lanes, inputs),
            "{record}", "Records and events that went to the dead letters, by cause.");
        meter.CreateObservableCounter(
            "streamsegmenter.lost.records", () => Observe.Rows(telemetry.Lanes, lane => lane.RecordsLost, "topic", inputs),
            "{record}", "Records that the brokers deleted before they were read.");
        CreateLag(meter, telemetry, inputs);
        meter.CreateObservableGauge(
            "streamsegmenter.partitions.paused", () => Paused(telemetry.Lanes, inputs),
            "{partition}", "Partitions held back because they run ahead of their siblings.");
    }

    private static void CreateLag(Meter meter, EngineTelemetry telemetry, IReadOnlyList<string> inputs)
    {
        meter.CreateObservableGauge(
            "streamsegmenter.consumer.lag.records",
            () => Observe.Partitions<long>(telemetry.Lanes, inputs, (shard, input) => Known(shard.LagRecords(input))),
            "{record}", "Records between the position and the end of a partition.");
        meter.CreateObservableGauge(
            "streamsegmenter.consumer.lag",
            () =>
            {
                var nowMs = telemetry.NowMs();
                return Observe.Partitions(telemetry.Lanes, inputs, (shard, input) => shard.LagSeconds(input, nowMs));
            },
            "s", "Age of the newest event read from a partition that is not caught up; 0 when it is.");
    }

    private static IEnumerable<Measurement<long>> Events(LaneCounters[] lanes, IReadOnlyList<string> inputs) =>
    [
        .. Outcome(lanes, inputs, "applied", lane => lane.EventsApplied),
        .. Outcome(lanes, inputs, "late", lane => lane.EventsLate),
        .. Outcome(lanes, inputs, "too_late", lane => lane.EventsTooLate),
        .. Outcome(lanes, inputs, "duplicate", lane => lane.EventsDuplicate),
        .. inputs.Select((topic, i) => new Measurement<long>(
            Observe.Sum(lanes, lane => lane.DeadLettersUnreadable, i) + Observe.Sum(lanes, lane => lane.DeadLettersClockSkew, i)
                + Observe.Sum(lanes, lane => lane.DeadLettersStateFull, i),
            Observe.Label("topic", topic), Observe.Label("outcome", "dead_letter"))),
    ];

    private static IEnumerable<Measurement<long>> Outcome(
        LaneCounters[] lanes, IReadOnlyList<string> inputs, string outcome, Func<LaneCounters, PaddedCounters> row) =>
        Observe.Rows(lanes, row, "topic", inputs, Observe.Label("outcome", outcome));

    private static IEnumerable<Measurement<long>> DeadLetters(LaneCounters[] lanes, IReadOnlyList<string> inputs) =>
    [
        .. Observe.Rows(lanes, lane => lane.DeadLettersUnreadable, "topic", inputs, Observe.Label("cause", "unreadable")),
        .. Observe.Rows(lanes, lane => lane.DeadLettersPartial, "topic", inputs, Observe.Label("cause", "partial")),
        .. Observe.Rows(lanes, lane => lane.DeadLettersClockSkew, "topic", inputs, Observe.Label("cause", "clock_skew")),
        .. Observe.Rows(lanes, lane => lane.DeadLettersStateFull, "topic", inputs, Observe.Label("cause", "state_full")),
    ];

    private static IEnumerable<Measurement<long>> Paused(LaneCounters[] lanes, IReadOnlyList<string> inputs) =>
        inputs.Select((topic, input) => new Measurement<long>(
            Observe.AllShards(lanes).Count(shard => shard.IsPaused(input)), Observe.Label("topic", topic)));

    private static long? Known(long figure) => figure == ShardGauges.Unknown ? null : figure;
}
