using System.Diagnostics.Metrics;

namespace StreamSegmenter.Engine.Telemetry;

/// <summary>How the lanes and their brokers get on: clients that had to be replaced, and how long lanes were not ready.</summary>
internal static class ConnectionInstruments
{
    // From a rebalance of an idle group to a restore of hours.
    private static readonly double[] TimeToReadyBounds = [0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600];

    public static void Create(Meter meter, EngineTelemetry telemetry)
    {
        meter.CreateObservableCounter(
            "streamsegmenter.client.replacements",
            () => Observe.Rows(telemetry.Lanes, lane => lane.ClientReplacements, "reason", LaneCounters.ReplacementReasons),
            "{client}", "Kafka clients replaced because they heard nothing although the brokers answered another connection.");
        meter.CreateObservableCounter(
            "streamsegmenter.transactions.ended", () => Observe.Sum(telemetry.Lanes, lane => lane.TransactionsEnded),
            "{transaction}", "Transactions that a predecessor left open, and that were aborted because they held up a restore.");
    }

    public static Histogram<double> CreateTimeToReady(Meter meter) => meter.CreateHistogram(
        "streamsegmenter.time_to_ready", "s", "How long a lane was not ready: after its start, or after a fault.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = TimeToReadyBounds });
}
