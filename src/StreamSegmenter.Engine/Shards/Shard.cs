using StreamSegmenter.Customers;
using StreamSegmenter.Engine.Checkpoints;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Exchange;
using StreamSegmenter.Engine.Options;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Folding;

namespace StreamSegmenter.Engine.Shards;

/// <summary>The single owner of partition p of every input: its watermark, its buffered events, its timers, its customers.
/// Nothing of it is shared, so nothing is locked.</summary>
internal sealed class Shard : IDisposable
{
    private static readonly PartitionProgress NotRead = new(-1, -1);
    private readonly LaneContext _lane;
    private readonly int _inputs;
    private long _committedWatermarkMs;
    private FoldTotals _committedTotals;

    public Shard(int partition, LaneContext lane, ShardGauges gauges, RestoredShard restored, ShardCheckpoints? checkpoints = null)
    {
        _lane = lane;
        Partition = partition;
        _inputs = lane.Options.Inputs.Count;
        Gauges = gauges;
        Checkpoints = checkpoints;
        CommittedRecord = restored.Record;
        Store = restored.Store;
        Timers = restored.Timers;
        Suspects = restored.Suspects;
        Layouts = restored.Layouts;
        Watermark = new ShardWatermark(
            lane.Options.Inputs, lane.Options.IdleTimeoutMs, restored.Record?.WatermarkMs ?? long.MinValue, lane.NowMs());
        Positions = new ShardPositions(lane.Options.Inputs.Count, restored.Record, lane.Options.ExchangeInput >= 0);
        Buffer = new ReorderBuffer(BucketMs(lane.Options.Inputs));
        Customers = new CustomerSet(Store, restored.Layouts);
        var times = new PaneTimes(lane.Definitions.Conversions, lane.Definitions.GraceMs);
        Exchange = lane.Options.Exchange is { } exchange ? new ShardExchange(partition, exchange, times, restored.Record?.Exchange, Watermark.ValueMs, lane.NowMs()) : null;
        Panes = new PaneSet(lane.Definitions.Conversions, times, Store, Timers)
        {
            FiredUntilMs = Watermark.ValueMs, AreUntold = Exchange is { IsNew: true },
        };
        WholePanes = new WholePaneSet(times, Store);
        VersionIndex = lane.VersionIndexOf(restored.Record);
        Version = lane.Versions.All[VersionIndex];
        Fold = lane.FoldOf(Version);
        Applied = AppliedAfter(restored);
        restored.ArmTimers(Panes, WholePanes, Fold, Applied.EffectiveMs);
        ClosedMs = WholeMs();
        RestoredCustomers = restored.CustomerCount;
        Output = new FoldOutput(Panes)
        {
            Totals = restored.Totals,
        };
        for (var segment = 0; segment < restored.Members.Length; segment++)
        {
            gauges.MembersOf(lane.PlaceOfSegment(Fold.Layout.Segments[segment].Id)) = restored.Members[segment];
        }

        ReportVersion();
        Batch = new ShardBatch(this);
        Progress = new PartitionProgress[lane.Options.SourceCount];
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

    /// <summary>The definitions that hold for everything that is folded now.</summary>
    public DefinitionVersion Version { get; private set; }

    /// <summary>Its place among all versions.</summary>
    public int VersionIndex { get; private set; }

    /// <summary>The version, ready to fold.</summary>
    public CustomerFold Fold { get; private set; }

    /// <summary>The version as the shard's own record has it.</summary>
    public AppliedVersion Applied { get; private set; }

    /// <summary>The changelog does not have it yet.</summary>
    public bool IsVersionUnwritten { get; private set; }

    /// <summary>Everything before the next version's instant is folded, and what comes from then on waits.</summary>
    public bool StandsBeforeChange { get; set; }

    /// <summary>Timers are due that wait for the working set to be committed.</summary>
    public bool HasTimersDue { get; set; }

    public CustomerSet Customers { get; }

    /// <summary>This shard's own parts of conversion panes.</summary>
    public PaneSet Panes { get; }

    /// <summary>The panes that this shard puts together out of all shards' parts.</summary>
    public WholePaneSet WholePanes { get; }

    /// <summary>Null: this shard works for itself (replay).</summary>
    public ShardExchange? Exchange { get; }

    /// <summary>It never had an event, as was proved once; or without a clock, it will have none any more.</summary>
    public bool IsSilent => Buffer.Count == 0
        && (Watermark.SilentUntilMs is not null || (Exchange is { SaysSilent: true } && !Watermark.HasHeard));

    /// <summary>Up to which event time whole panes were closed.</summary>
    public long ClosedMs { get; set; }

    public FoldOutput Output { get; }

    /// <summary>What the pipeline carries for this shard.</summary>
    public ShardBatch Batch { get; }

    /// <summary>How far each input has been polled, as of the last poll.</summary>
    public PartitionProgress[] Progress { get; }

    /// <summary>Customers found in the changelog.</summary>
    public long RestoredCustomers { get; }

    /// <summary>A walk over the store by which somebody reads the shard from outside; one at a time. Null: nobody does.</summary>
    public StoreSweep? ReaderSweep { get; set; }

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
        IsVersionUnwritten &= written is null;
        if (!Customers.Dirty.IsEmpty && !Layouts.IsCurrentStored)
        {
            Store.Upsert(StateKey.OfLayout(Layouts.Current.Hash), Layouts.Current.Encoded.Span);
            Layouts.Add(Layouts.Current.Encoded.Span);
        }

        Upsert(Customers.Dirty);
        Upsert(Panes.Entries);
        Upsert(WholePanes.Entries);
        Customers.Commit(keepCustomers);
        Panes.Commit();
        WholePanes.Commit();
        Exchange?.Commit();
        Timers.Commit();
        CommittedPositions = stands;
        _committedWatermarkMs = Watermark.ValueMs;
        _committedTotals = Output.Totals;
    }

    /// <summary>What was due up to it has happened and is committed; <see cref="long.MinValue"/> before the first event.</summary>
    public long CommittedWatermarkMs => _committedWatermarkMs;

    /// <summary>The shard's own line of one that has none in the changelog yet.</summary>
    public ShardRecord DescribeCommitted() =>
        Record(_committedWatermarkMs, CommittedPositions, Exchange?.DescribeCommitted(PositionInExchange(CommittedPositions)));

    /// <summary>The shard's own line as it is now.</summary>
    public ShardRecord Describe(IReadOnlyList<InputPosition> positions) =>
        Record(Watermark.ValueMs, positions, Exchange?.Describe(PositionInExchange(positions)));

    /// <summary>How far time may come before the next version takes over: events before its instant and deadlines up to it are still the
    /// present version's. A version that came when the shard was past its instant takes over where the shard stands.</summary>
    public long CeilingMs =>
        _lane.Versions.After(VersionIndex) is { } next ? Math.Max(next.EffectiveMs, Watermark.ValueMs) : long.MaxValue;

    /// <summary>The next version takes over. Everything before it must be committed: if the next commit fails, the shard goes back to this
    /// place, and changes over again.</summary>
    /// <exception cref="StateDamagedException">The store cannot be read: the shard must be restored.</exception>
    public void ChangeOver()
    {
        VersionIndex++;
        Version = _lane.Versions.All[VersionIndex];
        Fold = _lane.FoldOf(Version);
        var effectiveMs = Math.Max(Version.EffectiveMs, Watermark.ValueMs);
        Applied = Applied.Change(Version.Id, Layouts.Current, Fold.Layout, effectiveMs);
        IsVersionUnwritten = true;
        StandsBeforeChange = false;
        Layouts.ChangeTo(Fold.Layout, effectiveMs);
        Customers.Clear();
        ReportVersion();
        ArmOutdated(effectiveMs);
    }

    private void ReportVersion()
    {
        Gauges.VersionIndex = VersionIndex;
        Gauges.WarmUntilMs = Warming.UntilMs(Applied, Version.Segments);
    }

    /// <summary>Who was under other definitions is decided anew, at the instant of the change.</summary>
    private void ArmOutdated(long effectiveMs)
    {
        if (Applied.LayoutHash == CommittedRecord?.Definitions?.LayoutHash)
        {
            return;
        }

        Store.Scan((key, value) =>
        {
            if (key[0] == StateKey.Customer && CustomerRecord.HeaderOf(value) is var header && header.LayoutHash != Applied.LayoutHash)
            {
                Timers.Arm(Math.Max(header.ClockMs, effectiveMs), key);
            }
        });
    }

    /// <summary>The version that the shard goes on under: the one of its record, or, where a configuration file has changed since, that one
    /// from here on.</summary>
    private AppliedVersion AppliedAfter(RestoredShard restored)
    {
        if (restored.Record is not { } record)
        {
            return new AppliedVersion(Version.Id, long.MinValue, Fold.Layout.Hash);
        }

        if (record.Definitions is { } known && known.Id == Version.Id && known.LayoutHash == Fold.Layout.Hash)
        {
            return known;
        }

        IsVersionUnwritten = true;
        var before = record.Definitions ?? new AppliedVersion("", long.MinValue, 0);
        return before.Change(Version.Id, restored.Layouts.Find(before.LayoutHash), Fold.Layout, record.WatermarkMs);
    }

    /// <summary>Drops everything uncommitted: the working set, the buffer, the watermark's advance.</summary>
    public void Rollback(LaneContext lane)
    {
        Buffer.Clear();
        Customers.Clear();
        Panes.Clear();
        WholePanes.Rollback();
        Exchange?.Rollback();
        ClosedMs = WholeMs();
        Timers.Rollback();
        Watermark = new ShardWatermark(lane.Options.Inputs, lane.Options.IdleTimeoutMs, _committedWatermarkMs, lane.NowMs());
        Panes.FiredUntilMs = _committedWatermarkMs;
        HasTimersDue = StandsBeforeChange = false;
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
        for (var input = 0; input < _inputs; input++)
        {
            ref readonly var progress = ref Progress[input];
            var lag = progress.EndOffset < 0 || progress.Position < 0 ? -1 : Math.Max(0, progress.EndOffset - progress.Position);
            Gauges.SetLag(input, lag, Watermark.EventTimeMaxMs(input));
        }
    }

    public void EndReaderSweep()
    {
        ReaderSweep?.Dispose();
        ReaderSweep = null;
    }

    /// <summary>How far all shards have come, as far as this one has told.</summary>
    private long WholeMs() => Exchange?.Others.WholeMs(Exchange.ToldMs) ?? long.MinValue;

    private ShardRecord Record(long watermarkMs, IReadOnlyList<InputPosition> positions, ExchangeState? exchange) =>
        new(watermarkMs, positions.Count == _inputs ? positions : [.. positions.Take(_inputs)]) { Exchange = exchange, Definitions = Applied };

    private long PositionInExchange(IReadOnlyList<InputPosition> positions) => positions.Count > _inputs ? positions[_inputs].Position : -1;

    public void Dispose()
    {
        EndReaderSweep();
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
