using System.Diagnostics.Metrics;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Engine.Telemetry;

/// <summary>What one lane counts. The lane's thread is the only writer and every counter may be raised per event with a plain
/// <c>++</c> or <c>+=</c>; a scrape reads them from its own thread and sums over the lanes.
/// <para>An event counts under exactly one outcome, so the outcomes of an input add up to its events. Outputs (triggers, membership
/// changes, panes) count when their commit succeeded: an aborted commit emitted nothing. One instance lives
/// as long as the process, whatever shards the lane is given.</para></summary>
internal sealed class LaneCounters
{
    // Places in the row of the lane's single figures.
    internal const int OwnRecordsPolled = 0;
    internal const int OwnBytesPolled = 1;
    internal const int OwnWorkingSetCustomers = 2;
    internal const int OwnWorkingSetBytes = 3;
    internal const int OwnPanesProvisional = 4;
    internal const int OwnPanesFinal = 5;
    internal const int OwnRecordsRestored = 6;
    internal const int OwnChangelogRecords = 7;
    internal const int OwnCheckpointsWritten = 8;
    internal const int OwnCheckpointsFailed = 9;
    internal const int OwnStatesDamaged = 10;
    internal const int OwnCompactions = 11;
    internal const int OwnSpillBytesFreed = 12;
    internal const int OwnTransactionsEnded = 13;
    internal const int OwnVersionChanges = 14;
    internal const int OwnVersionChangesLate = 15;
    internal const int OwnExchangeHeard = 16;
    internal const int OwnExchangeTold = 17;
    internal const int OwnExchangeRepeated = 18;
    internal const int OwnExchangeLost = 19;
    internal const int OwnPanesClosed = 20;
    private const int OwnCount = 21;

    internal const int SuppressionReasons = (int)SuppressionReason.TotalUnknown + 1;

    private readonly int _inputs;
    private readonly TelemetryLabels _labels;
    private readonly Histogram<double> _commitDuration;
    private readonly Histogram<double> _checkpointDuration;
    private readonly PaddedCounters _own = new(OwnCount);
    private volatile ShardGauges[] _shards = [];
    private double _commitSeconds;

    internal LaneCounters(
        int index, TelemetryLabels labels, TimeProvider clock, Histogram<double> commitDuration, Histogram<double> checkpointDuration,
        Histogram<double> timeToReady)
    {
        Health = new LaneHealth("lane-" + index, clock, timeToReady);
        ClientReplacements = new(ReplacementReasons.Count);
        _commitDuration = commitDuration;
        _checkpointDuration = checkpointDuration;
        _inputs = labels.Inputs.Count;
        _labels = labels;
        var segments = labels.Segments.Count;
        EventsApplied = new(_inputs);
        EventsLate = new(_inputs);
        EventsTooLate = new(_inputs);
        EventsDuplicate = new(_inputs);
        DeadLettersUnreadable = new(_inputs);
        DeadLettersPartial = new(_inputs);
        DeadLettersClockSkew = new(_inputs);
        RecordsLost = new(_inputs);
        DeadLettersStateFull = new(_inputs);
        TriggersEmitted = new(labels.Rules.Count);
        TriggersRetracted = new(labels.Rules.Count);
        TriggersRecovered = new(labels.Rules.Count);
        TriggersSuppressed = new(labels.Rules.Count * SuppressionReasons);
        MembershipEntered = new(segments);
        MembershipExited = new(segments);
        Commits = new((int)CommitStatus.InDoubt + 1);
    }

    /// <summary>Whether the lane is ready, runs, or stopped.</summary>
    public LaneHealth Health { get; }

    /// <summary>Events folded in time, by input.</summary>
    public PaddedCounters EventsApplied { get; }

    /// <summary>Events folded on arrival, behind the watermark but within grace, by input.</summary>
    public PaddedCounters EventsLate { get; }

    /// <summary>Events beyond grace, gone to the late topic, by input.</summary>
    public PaddedCounters EventsTooLate { get; }

    /// <summary>Events dropped because their id was seen before, by input.</summary>
    public PaddedCounters EventsDuplicate { get; }

    /// <summary>Records that no decoder could read, by input.</summary>
    public PaddedCounters DeadLettersUnreadable { get; }

    /// <summary>Records whose events were applied without some field that could not be read, by input.</summary>
    public PaddedCounters DeadLettersPartial { get; }

    /// <summary>Events too far ahead of the clock, by input.</summary>
    public PaddedCounters DeadLettersClockSkew { get; }

    /// <summary>Records that the brokers deleted before they were read, by input.</summary>
    public PaddedCounters RecordsLost { get; }

    /// <summary>Events of customers whose state is as large as it may be.</summary>
    public PaddedCounters DeadLettersStateFull { get; }

    /// <summary>By rule.</summary>
    public PaddedCounters TriggersEmitted { get; private set; }

    /// <summary>By rule.</summary>
    public PaddedCounters TriggersRetracted { get; private set; }

    /// <summary>By rule.</summary>
    public PaddedCounters TriggersRecovered { get; private set; }

    /// <summary>By segment.</summary>
    public PaddedCounters MembershipEntered { get; private set; }

    /// <summary>By segment.</summary>
    public PaddedCounters MembershipExited { get; private set; }

    /// <summary>Records that the source delivered, readable or not.</summary>
    public ref long RecordsPolled => ref _own[OwnRecordsPolled];

    /// <summary>Bytes of their values.</summary>
    public ref long BytesPolled => ref _own[OwnBytesPolled];

    /// <summary>Gauge: customers touched since the last commit.</summary>
    public ref long WorkingSetCustomers => ref _own[OwnWorkingSetCustomers];

    /// <summary>Gauge: bytes of their records.</summary>
    public ref long WorkingSetBytes => ref _own[OwnWorkingSetBytes];

    /// <summary>Panes emitted that may still change.</summary>
    public ref long PanesProvisional => ref _own[OwnPanesProvisional];

    /// <summary>Panes emitted once and for all.</summary>
    public ref long PanesFinal => ref _own[OwnPanesFinal];

    /// <summary>Changelog records read to restore shards.</summary>
    public ref long RecordsRestored => ref _own[OwnRecordsRestored];

    /// <summary>Changelog records written by successful commits.</summary>
    public ref long ChangelogRecords => ref _own[OwnChangelogRecords];

    /// <summary>Checkpoints that were verified.</summary>
    public long CheckpointsWritten => _own[OwnCheckpointsWritten];

    /// <summary>Checkpoints that were not finished.</summary>
    public ref long CheckpointsFailed => ref _own[OwnCheckpointsFailed];

    /// <summary>Shards that were restored anew because what their store had spilled did not verify.</summary>
    public ref long StatesDamaged => ref _own[OwnStatesDamaged];

    /// <summary>Walks over a store's spilled log that came to their end.</summary>
    public ref long Compactions => ref _own[OwnCompactions];

    /// <summary>Bytes on disk that they gave back.</summary>
    public ref long SpillBytesFreed => ref _own[OwnSpillBytesFreed];

    /// <summary>Transactions of predecessors that held up a restore and were aborted.</summary>
    public ref long TransactionsEnded => ref _own[OwnTransactionsEnded];

    /// <summary>Shards that changed over to other definitions.</summary>
    public ref long VersionChanges => ref _own[OwnVersionChanges];

    /// <summary>Those of them that were past the version's instant.</summary>
    public ref long VersionChangesLate => ref _own[OwnVersionChangesLate];

    /// <summary>Messages of other shards that were read.</summary>
    public ref long ExchangeHeard => ref _own[OwnExchangeHeard];

    /// <summary>Messages to other shards that were committed.</summary>
    public ref long ExchangeTold => ref _own[OwnExchangeTold];

    /// <summary>Those heard that had been heard before.</summary>
    public ref long ExchangeRepeated => ref _own[OwnExchangeRepeated];

    /// <summary>How often a message was missing before one that was read, or could not be read itself.</summary>
    public ref long ExchangeLost => ref _own[OwnExchangeLost];

    /// <summary>Parts of panes that came when the pane was closed and gone.</summary>
    public ref long PanesClosed => ref _own[OwnPanesClosed];

    /// <summary>What a replaced client was for.</summary>
    internal static IReadOnlyList<string> ReplacementReasons { get; } = ["partition", "group", "restore", "producer"];

    internal PaddedCounters ClientReplacements { get; }

    internal PaddedCounters Commits { get; }

    /// <summary>Time that all commits took together.</summary>
    internal double CommitSeconds => Volatile.Read(ref _commitSeconds);

    internal IReadOnlyList<ShardGauges> Shards => _shards;

    /// <summary>By rule and, within a rule, by reason.</summary>
    internal PaddedCounters TriggersSuppressed { get; private set; }

    /// <summary>The rule's place in the rows; one that is new gets room.</summary>
    public int PlaceOfRule(string id)
    {
        var place = _labels.Rules.PlaceOf(id);
        if (place >= TriggersEmitted.Count)
        {
            var count = _labels.Rules.Count;
            TriggersEmitted = TriggersEmitted.Grown(count);
            TriggersRetracted = TriggersRetracted.Grown(count);
            TriggersRecovered = TriggersRecovered.Grown(count);
            TriggersSuppressed = TriggersSuppressed.Grown(count * SuppressionReasons);
        }

        return place;
    }

    /// <summary>The segment's place in the rows; one that is new gets room.</summary>
    public int PlaceOfSegment(string id)
    {
        var place = _labels.Segments.PlaceOf(id);
        if (place >= MembershipEntered.Count)
        {
            MembershipEntered = MembershipEntered.Grown(_labels.Segments.Count);
            MembershipExited = MembershipExited.Grown(_labels.Segments.Count);
        }

        return place;
    }

    /// <summary>Counts a trigger that was not sent, once its commit succeeded.</summary>
    public void RecordSuppressed(int rule, SuppressionReason reason) =>
        TriggersSuppressed[(rule * SuppressionReasons) + (int)reason]++;

    /// <summary>Counts a commit that ended. Once per commit, never per event.</summary>
    /// <param name="seconds">From the start of the commit to the sink's answer.</param>
    public void RecordCommit(double seconds, CommitStatus outcome)
    {
        Commits[(int)outcome]++;
        Volatile.Write(ref _commitSeconds, _commitSeconds + seconds);
        _commitDuration.Record(seconds);
    }

    /// <summary>Counts a Kafka client that was replaced because it heard nothing.</summary>
    /// <param name="reason">What it was silent about: <c>partition</c>, <c>group</c>, <c>restore</c> or <c>producer</c>.</param>
    public void RecordClientReplacement(string reason) => ClientReplacements[Array.IndexOf([.. ReplacementReasons], reason)]++;

    /// <summary>Counts a checkpoint that was written and verified.</summary>
    /// <param name="seconds">From the start of the copy until it could be restored from.</param>
    public void RecordCheckpoint(double seconds)
    {
        _own[OwnCheckpointsWritten]++;
        _checkpointDuration.Record(seconds);
    }

    /// <summary>Starts to report a shard that was assigned; one that is there already starts anew.</summary>
    public ShardGauges AddShard(int partition)
    {
        var shard = new ShardGauges(partition, _inputs, _labels.Segments.Count);
        _shards = [.. Without(partition), shard];
        return shard;
    }

    /// <summary>Stops to report a shard that was taken away; its gauges vanish from the next scrape.</summary>
    public void RemoveShard(int partition) => _shards = Without(partition);

    internal long Own(int index) => _own.Read(index);

    // Copied on each of the rare changes, so that a scrape walks an array that is never altered.
    private ShardGauges[] Without(int partition) => Array.FindAll(_shards, shard => shard.Partition != partition);
}
