using System.Diagnostics.Metrics;
using System.Text.Json;
using StreamSegmenter.Aggregates;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Engine.Telemetry;

/// <summary>What goes out: triggers, membership changes, conversion panes, and the commits that carry them.</summary>
internal static class OutputInstruments
{
    // A commit takes a few milliseconds on a good day and ends in a broker's timeout of 30 s on a bad one.
    private static readonly double[] CommitDurationBounds =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private static readonly (CommitStatus Status, string Label)[] Outcomes =
    [
        (CommitStatus.Committed, "committed"), (CommitStatus.Aborted, "aborted"),
        (CommitStatus.Fenced, "fenced"), (CommitStatus.Failed, "failed"), (CommitStatus.InDoubt, "in_doubt"),
    ];

    private static readonly (SuppressionReason Reason, string Label)[] Reasons =
        [.. Enum.GetValues<SuppressionReason>().Select(reason => (reason, JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString())))];

    public static void Create(Meter meter, EngineTelemetry telemetry)
    {
        meter.CreateObservableCounter(
            "streamsegmenter.triggers", () => Triggers(telemetry.Lanes, telemetry.Labels.Rules),
            "{trigger}", "Committed cart-abandonment triggers by rule and kind.");
        meter.CreateObservableCounter(
            "streamsegmenter.triggers.suppressed", () => Suppressed(telemetry.Lanes, telemetry.Labels.Rules),
            "{trigger}", "Committed decisions not to send a trigger, by rule and reason.");
        meter.CreateObservableCounter(
            "streamsegmenter.membership_changes", () => MembershipChanges(telemetry.Lanes, telemetry.Labels.Segments),
            "{change}", "Committed segment membership changes.");
        meter.CreateObservableCounter(
            "streamsegmenter.conversion_panes", () => Panes(telemetry.Lanes),
            "{pane}", "Committed conversion panes: provisional ones may still change, final ones do not.");
        meter.CreateObservableCounter(
            "streamsegmenter.exchange.messages", () => Exchange(telemetry.Lanes),
            "{message}", "Messages between shards: told, heard, repeated (heard before, dropped), lost.");
        meter.CreateObservableCounter(
            "streamsegmenter.conversion_parts.too_late", () => Observe.Sum(telemetry.Lanes, lane => lane.Own(LaneCounters.OwnPanesClosed)),
            "{part}", "Parts of conversion panes that came when the pane was closed, and are not in it.");
        meter.CreateObservableCounter(
            "streamsegmenter.commits", () => Commits(telemetry.Lanes),
            "{commit}", "Commits by outcome.");
        meter.CreateObservableCounter(
            "streamsegmenter.sequence.matches.given_up", () => SequenceMatches.GivenUp, "{match}",
            "Begun matches of segments' sequences that were given up because a customer had too many.");
        meter.CreateObservableCounter(
            "streamsegmenter.changelog.records", () => Observe.Sum(telemetry.Lanes, lane => lane.Own(LaneCounters.OwnChangelogRecords)),
            "{record}", "Changelog records written by successful commits.");
    }

    public static Histogram<double> CreateCommitDuration(Meter meter) => meter.CreateHistogram(
        "streamsegmenter.commit.duration", "s", "Time from the start of a commit to its outcome.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = CommitDurationBounds });

    private static IEnumerable<Measurement<long>> Triggers(LaneCounters[] lanes, IReadOnlyList<string> rules) =>
    [
        .. Observe.Rows(lanes, lane => lane.TriggersEmitted, "rule", rules, Observe.Label("kind", "emitted")),
        .. Observe.Rows(lanes, lane => lane.TriggersRetracted, "rule", rules, Observe.Label("kind", "retracted")),
        .. Observe.Rows(lanes, lane => lane.TriggersRecovered, "rule", rules, Observe.Label("kind", "recovered")),
    ];

    private static IEnumerable<Measurement<long>> Suppressed(LaneCounters[] lanes, IReadOnlyList<string> rules) =>
        from rule in Enumerable.Range(0, rules.Count)
        from reason in Reasons
        select new Measurement<long>(
            Observe.Sum(lanes, lane => lane.TriggersSuppressed, (rule * LaneCounters.SuppressionReasons) + (int)reason.Reason),
            Observe.Label("rule", rules[rule]), Observe.Label("reason", reason.Label));

    private static IEnumerable<Measurement<long>> MembershipChanges(LaneCounters[] lanes, IReadOnlyList<string> segments) =>
    [
        .. Observe.Rows(lanes, lane => lane.MembershipEntered, "segment", segments, Observe.Label("kind", "entered")),
        .. Observe.Rows(lanes, lane => lane.MembershipExited, "segment", segments, Observe.Label("kind", "exited")),
    ];

    private static IEnumerable<Measurement<long>> Panes(LaneCounters[] lanes) =>
    [
        new(Observe.Sum(lanes, lane => lane.Own(LaneCounters.OwnPanesProvisional)), Observe.Label("kind", "provisional")),
        new(Observe.Sum(lanes, lane => lane.Own(LaneCounters.OwnPanesFinal)), Observe.Label("kind", "final")),
    ];

    private static IEnumerable<Measurement<long>> Exchange(LaneCounters[] lanes) =>
    [
        new(Observe.Sum(lanes, lane => lane.Own(LaneCounters.OwnExchangeTold)), Observe.Label("kind", "told")),
        new(Observe.Sum(lanes, lane => lane.Own(LaneCounters.OwnExchangeHeard)), Observe.Label("kind", "heard")),
        new(Observe.Sum(lanes, lane => lane.Own(LaneCounters.OwnExchangeRepeated)), Observe.Label("kind", "repeated")),
        new(Observe.Sum(lanes, lane => lane.Own(LaneCounters.OwnExchangeLost)), Observe.Label("kind", "lost")),
    ];

    private static IEnumerable<Measurement<long>> Commits(LaneCounters[] lanes) =>
        Outcomes.Select(outcome => new Measurement<long>(
            Observe.Sum(lanes, lane => lane.Commits, (int)outcome.Status), Observe.Label("outcome", outcome.Label)));
}
