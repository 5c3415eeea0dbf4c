using StreamSegmenter.Customers;
using StreamSegmenter.Engine.Checkpoints;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Options;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Folding;

namespace StreamSegmenter.Engine.Shards;

/// <summary>The single owner of partition p of every input: its watermark, its buffered events, its timers, its customers.
/// Nothing of it is shared, so nothing is locked.</summary>
internal sealed class Shard : IDisposable
{
    private static readonly PartitionProgress NotRead = new(-1, -1);
    private long _committedWatermarkMs;
    private FoldTotals _committedTotals;

    public Shard(int partition, LaneContext lane, ShardGauges gauges, RestoredShard restored, ShardCheckpoints? checkpoints = null)
    {
        Partition = partition;
        Gauges = gauges;
        Checkpoints = checkpoints;
        CommittedRecord = restored.Record;
        Store = restored.Store;
        Timers = restored.Timers;
        Suspects = restored.Suspects;
        Layouts = restored.Layouts;
        Watermark = new ShardWatermark(
            lane.Options.Inputs, lane.Options.IdleTimeoutMs, restored.Record?.WatermarkMs ?? long.MinValue, lane.NowMs());
        Positions = new ShardPositions(lane.Options.Inputs.Count, restored.Record);
        Buffer = new ReorderBuffer(BucketMs(lane.Options.Inputs));
        Customers = new CustomerSet(Store, restored.Layouts);
        Panes = new PaneSet(lane.Definitions.Conversions, lane.Definitions.GraceMs, Store, Timers) { FiredUntilMs = Watermark.ValueMs };
        restored.ArmTimers(Panes, lane.Segments.SegmentIds.Count);
        RestoredCustomers = restored.CustomerCount;
        Output = new FoldOutput(Panes)
        {
            Totals = restored.Totals,
        };
        for (var segment = 0; segment < restored.Members.Length; segment++)
        {
            gauges.Members[segment] = restored.Members[segment];
        }

        Batch = new ShardBatch(this);
        Progress = new PartitionProgress[lane.Options.Inputs.Count];
        Array.Fill(Progress, NotRead);
        CommittedPositions = Positions.Restored;
        _committedWatermarkMs = Watermark.ValueMs;
        _committedTotals = Output.Totals;
    }

    public int Partition { get; }

    public ShardGauges Gauges { get; }

    public ShardWatermark Watermark { get; private set; }

    public ShardPositions Positions { get; }

    public ReorderBuffer Buffer { get; }

    public CustomerStore Store { get; }

    /// <summary>Null: there is no place for checkpoints.</summary>
    public ShardCheckpoints? Checkpoints { get; }

    /// <summary>The shard's own line as the changelog has it last; null while it has none.</summary>
    public ShardRecord? CommittedRecord { get; set; }

    public ShardTimers Timers { get; }

    public SuspectKeys Suspects { get; }

    public RecordLayouts Layouts { get; }

    /// <summary>Timers are due that wait for the working set to be committed.</summary>
    public bool HasTimersDue { get; set; }

    public CustomerSet Customers { get; }

    public PaneSet Panes { get; }

    public FoldOutput Output { get; }

    /// <summary>What the pipeline carries for this shard.</summary>
    public ShardBatch Batch { get; }

    /// <summary>How far each input has been polled, as of the last poll.</summary>
    public PartitionProgress[] Progress { get; }

    /// <summary>Customers found in the changelog.</summary>
    public long RestoredCustomers { get; }

    /// <summary>Inputs whose partition this shard has paused.</summary>
    public HashSet<int> Paused { get; } = [];

    /// <summary>What the last commit made durable: where a rollback goes.</summary>
    public IReadOnlyList<InputPosition> CommittedPositions { get; private set; }

    /// <summary>The working set has become the truth.</summary>
    /// <param name="written">The shard's own line, where the commit wrote one.</param>
    /// <param name="keepCustomers">There is room to keep the working set at hand.</param>
    public void Commit(IReadOnlyList<InputPosition> stands, ShardRecord? written, bool keepCustomers)
    {
        CommittedRecord = written ?? CommittedRecord;
        if (!Customers.Dirty.IsEmpty && !Layouts.IsCurrentStored)
        {
            Store.Upsert(StateKey.OfLayout(Layouts.Current.Hash), Layouts.Current.Encoded.Span);
            Layouts.Add(Layouts.Current.Encoded.Span);
        }

        Upsert(Customers.Dirty);
        Upsert(Panes.Entries);
        Customers.Commit(keepCustomers);
        Panes.Clear();
        Timers.Commit();
        CommittedPositions = stands;
        _committedWatermarkMs = Watermark.ValueMs;
        _committedTotals = Output.Totals;
    }

    /// <summary>The shard's own line of one that has none in the changelog yet.</summary>
    public ShardRecord DescribeCommitted() => new(_committedWatermarkMs, CommittedPositions);

    /// <summary>Drops everything uncommitted: the working set, the buffer, the watermark's advance.</summary>
    public void Rollback(LaneContext lane)
    {
        Buffer.Clear();
        Customers.Clear();
        Panes.Clear();
        Timers.Rollback();
        Watermark = new ShardWatermark(lane.Options.Inputs, lane.Options.IdleTimeoutMs, _committedWatermarkMs, lane.NowMs());
        Panes.FiredUntilMs = _committedWatermarkMs;
        HasTimersDue = false;
        Positions.Reset(CommittedPositions);

        // What was polled is forgotten too: a commit before the next poll must not claim it.
        Array.Fill(Progress, NotRead);
        Output.Totals = _committedTotals;
        Output.Clear();
    }

    /// <summary>Tells the gauges how the shard stands.</summary>
    public void ReportGauges()
    {
        Gauges.WatermarkMs = Watermark.ValueMs;
        Gauges.ReorderEvents = Buffer.Count;
        Gauges.Customers = RestoredCustomers + Output.Totals.Customers;
        for (var input = 0; input < Progress.Length; input++)
        {
            ref readonly var progress = ref Progress[input];
            var lag = progress.EndOffset < 0 || progress.Position < 0 ? -1 : Math.Max(0, progress.EndOffset - progress.Position);
            Gauges.SetLag(input, lag, Watermark.EventTimeMaxMs(input));
        }
    }

    public void Dispose()
    {
        Checkpoints?.Abort();
        Store.Dispose();
        Checkpoints?.Dispose();
    }

    private void Upsert<TEntry>(ReadOnlySpan<TEntry> entries)
        where TEntry : WorkingEntry
    {
        foreach (var entry in entries)
        {
            if (entry.IsDeleted)
            {
                Store.Delete(entry.StateKeyBytes);
            }
            else if (entry.IsDirty)
            {
                entry.FoundAt = Store.Upsert(entry.StateKeyBytes, entry.Value.Span, entry.FoundAt);
            }
        }
    }

    /// <summary>A sixteenth of the disorder that the buffer spans: few buckets, and little to look at in the oldest.</summary>
    private static long BucketMs(IReadOnlyList<InputTiming> inputs) =>
        Math.Max(64, inputs.Max(input => input.MaxOutOfOrdernessMs) / 16);
}
