using System.Globalization;
using System.Reactive.Subjects;
using System.Text;
using StreamSegmenter.Customers;
using StreamSegmenter.Definitions;
using StreamSegmenter.Engine.Pipeline;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Engine.Lanes;

/// <summary>What a lane is made of.</summary>
public sealed record LaneParts(
    int Index, StorefrontDefinitions Definitions, SegmentProgram Segments, EngineOptions Options, LaneCounters Counters,
    EngineOutputs Outputs, TimeProvider Clock, ILaneSource Source, ILaneSink Sink);

/// <summary>One thread with its own source, sink and shards. Polls, sends what it polled through the topology, and commits when
/// the interval has passed or the working set is full. Nothing is shared between lanes, so nothing is locked.</summary>
public sealed class Lane : IAssignmentListener, IDisposable
{
    private static int _lanesMade;
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(50);
    // Of its own for every lane ever made: two engines in one process must not spill into the same files.
    private readonly string _temporaryDirectory = Path.Combine(
        Path.GetTempPath(), string.Create(
            CultureInfo.InvariantCulture, $"streamsegmenter-{Environment.ProcessId}-{Interlocked.Increment(ref _lanesMade)}"));

    private readonly LaneParts _parts;
    private readonly LaneContext _context;
    private readonly CommitCycle _commit;
    private readonly BackPressure _backPressure;
    private readonly Subject<PolledRecords> _batches = new();
    private readonly IDisposable _topology;
    private readonly PolledRecords _polled = new();
    private readonly Dictionary<InputPartition, PartitionProgress> _progress = [];
    private CommitOutcome _lastCommit;
    private CancellationToken _stopping;
    private long _committedAt;
    private FoldTotals _totalsOfLost;

    public Lane(LaneParts parts)
    {
        _parts = parts;
        _context = new LaneContext(parts.Definitions, parts.Segments, parts.Options, parts.Counters, parts.Clock);
        _commit = new CommitCycle(_context, parts.Source, parts.Sink, parts.Outputs, parts.Clock);
        _backPressure = new BackPressure(_context, parts.Source);
        _topology = Topology.Compose(_batches, _context).Subscribe(batch => Report(batch.Shard));
        parts.Source.Listener = this;
    }

    /// <summary>What was counted since the lane started, over all shards that it has or had. Read it after
    /// <see cref="Run"/> returned, or accept figures of different instants.</summary>
    public FoldTotals Totals
    {
        get
        {
            var totals = _totalsOfLost;
            foreach (var shard in _context.Shards.Values)
            {
                totals.Add(in shard.Output.Totals);
            }

            return totals;
        }
    }

    /// <summary>Runs until the source's inputs end, or until it is told to stop; then commits and leaves the group.</summary>
    /// <returns>Committed: all is durable. Otherwise what made the lane stop.</returns>
    public CommitOutcome Run(CancellationToken stopping)
    {
        Begin(stopping);
        while (!stopping.IsCancellationRequested && Turn())
        {
        }

        return End();
    }

    /// <summary>The three parts of <see cref="Run"/>, for whoever decides himself which lane's turn it is.</summary>
    internal void Begin(CancellationToken stopping)
    {
        _stopping = stopping;
        _committedAt = _parts.Clock.GetTimestamp();
    }

    /// <returns>False: the inputs have ended, or the lane must stop.</returns>
    internal bool Turn()
    {
        Poll();
        if (!GoesOn(_lastCommit))
        {
            // Fenced while partitions were taken away: another commit would fence whoever fenced this lane.
            return false;
        }

        var ended = _polled.EndOfInputMs is not null;
        if (!ended && !IsCommitDue())
        {
            return true;
        }

        var goesOn = TryCommit();
        SettleDoubt();
        return goesOn && !(ended && _lastCommit.Status == CommitStatus.Committed);
    }

    internal CommitOutcome End()
    {
        if (GoesOn(_lastCommit))
        {
            // Told to stop: what is folded is worth a last commit, and the group should not wait for a timeout.
            _lastCommit = _commit.Run(CancellationToken.None);
        }

        _parts.Source.Close();
        _parts.Counters.Vitals.ReportStopped(_lastCommit.Reason ?? "the lane has stopped");
        return _lastCommit;
    }

    public void OnAssigned(int partition, Span<long> startOffsets)
    {
        var gauges = _parts.Counters.AddShard(partition);
        _parts.Counters.Vitals.ReportNotReady($"partition {partition} is being restored");
        var store = new CustomerStore(StoreDirectory(partition), StoreMemoryBytes());
        Shard shard;
        try
        {
            var restored = new RestoredShard(store, _parts.Counters, gauges);
            _parts.Sink.Restore(partition, 0, restored, _stopping);
            shard = new Shard(partition, _context, gauges, restored);
        }
        catch
        {
            store.Dispose();
            throw;
        }

        _context.Shards[partition] = shard;
        gauges.RestoreRemaining = 0;
        for (var input = 0; input < startOffsets.Length; input++)
        {
            startOffsets[input] = shard.Positions.RestartOffset(input);
        }

        _parts.Counters.Vitals.ReportReady();
    }

    public void OnRevoking(IReadOnlyCollection<int> partitions)
    {
        TryCommit();
        Drop(partitions);
        SettleDoubt();
    }

    public void OnLost(IReadOnlyCollection<int> partitions)
    {
        // What these shards put into the outbox must not go out; the others do their share again.
        _commit.Rollback();
        Drop(partitions);
    }

    public void Dispose()
    {
        _topology.Dispose();
        _batches.Dispose();
        Drop([.. _context.Shards.Keys]);
        _parts.Source.Dispose();
        _parts.Sink.Dispose();
        if (_parts.Options.StateDirectory is null && Directory.Exists(_temporaryDirectory))
        {
            Directory.Delete(_temporaryDirectory, recursive: true);
        }
    }

    /// <summary>A customer's committed state; null when this lane has never seen the customer. Only after <see cref="Run"/>
    /// returned: the store belongs to the lane's thread. Valid until the lane is disposed.</summary>
    public CustomerRecord? Find(string customerId)
    {
        var key = Encoding.UTF8.GetBytes(customerId);
        foreach (var shard in _context.Shards.Values)
        {
            var customer = shard.Customers.Load(key);
            if (customer.IsLoaded)
            {
                return customer.Record;
            }
        }

        return null;
    }

    /// <summary>The same, spelled out.</summary>
    public CustomerView? Describe(string customerId) =>
        Find(customerId) is { } record ? _context.Fold.Describe(record, Encoding.UTF8.GetBytes(customerId)) : null;

    private void Poll()
    {
        _parts.Counters.Vitals.Beat();
        _polled.Clear();
        _polled.LatestPlausibleMs = _context.ClockMs() + _parts.Options.MaxClockSkewMs ?? long.MaxValue;
        _parts.Source.Poll(_polled, PollTimeout);
        _parts.Counters.RecordsPolled += _polled.RecordCount;
        _parts.Counters.BytesPolled += _polled.ByteCount;
        _parts.Source.ReportProgress(_progress);
        foreach (var shard in _context.Shards.Values)
        {
            for (var input = 0; input < shard.Progress.Length; input++)
            {
                if (_progress.TryGetValue(new InputPartition(input, shard.Partition), out var progress))
                {
                    shard.Progress[input] = progress;
                }
            }
        }

        _batches.OnNext(_polled);
        _backPressure.Apply();
    }

    private bool IsCommitDue()
    {
        // Time that has passed, not the clock's: one that is set back must not hold commits up.
        if (_parts.Clock.GetElapsedTime(_committedAt).TotalMilliseconds >= _parts.Options.CommitIntervalMs)
        {
            return true;
        }

        return WorkingSetBytes() >= _parts.Options.WorkingSetBytesMax;
    }

    private long WorkingSetBytes()
    {
        long bytes = 0;
        long customers = 0;
        foreach (var shard in _context.Shards.Values)
        {
            bytes += shard.Customers.Bytes;
            customers += shard.Customers.Count;
        }

        _parts.Counters.WorkingSetBytes = bytes;
        _parts.Counters.WorkingSetCustomers = customers;
        return bytes;
    }

    /// <returns>False when the lane must stop.</returns>
    private bool TryCommit()
    {
        _lastCommit = _commit.Run(_stopping);
        _committedAt = _parts.Clock.GetTimestamp();
        if (_lastCommit.Status is CommitStatus.Aborted or CommitStatus.InDoubt)
        {
            _parts.Counters.Vitals.ReportNotReady(_lastCommit.Reason ?? "the last commit was aborted");
        }
        else
        {
            _parts.Counters.Vitals.ReportReady();
        }

        return GoesOn(_lastCommit);
    }

    private static bool GoesOn(CommitOutcome commit) =>
        commit.Status is CommitStatus.Committed or CommitStatus.Aborted or CommitStatus.InDoubt;

    /// <summary>After a commit of which nobody knows whether it is durable: the changelog knows, so the shards are restored
    /// from it as if they had just come here.</summary>
    private void SettleDoubt()
    {
        if (_lastCommit.Status != CommitStatus.InDoubt)
        {
            return;
        }

        _lastCommit = _lastCommit with { Status = CommitStatus.Aborted };
        Span<long> starts = stackalloc long[_parts.Options.Inputs.Count];
        foreach (var partition in _context.Shards.Keys.ToArray())
        {
            foreach (var input in _context.Shards[partition].Paused)
            {
                _parts.Source.Resume(new InputPartition(input, partition));
            }

            Drop([partition]);
            starts.Fill(-1);
            OnAssigned(partition, starts);
            for (var input = 0; input < starts.Length; input++)
            {
                _parts.Source.Seek(new InputPartition(input, partition), starts[input]);
            }
        }
    }

    private void Report(Shard shard)
    {
        shard.Gauges.WatermarkMs = shard.Watermark.ValueMs;
        shard.Gauges.ReorderEvents = shard.Buffer.Count;
        shard.Gauges.Customers = shard.RestoredCustomers + shard.Output.Totals.Customers;
        for (var input = 0; input < shard.Progress.Length; input++)
        {
            ref readonly var progress = ref shard.Progress[input];
            var lag = progress.EndOffset < 0 || progress.Position < 0 ? -1 : Math.Max(0, progress.EndOffset - progress.Position);
            shard.Gauges.SetLag(input, lag, shard.Watermark.EventTimeMaxMs(input));
        }
    }

    private void Drop(IReadOnlyCollection<int> partitions)
    {
        foreach (var partition in partitions)
        {
            if (_context.Shards.Remove(partition, out var shard))
            {
                _totalsOfLost.Add(shard.Output.Totals with { TriggersPending = 0 });
                _parts.Counters.RemoveShard(partition);
                shard.Dispose();
            }
        }
    }

    private string StoreDirectory(int partition) => Path.Combine(
        _parts.Options.StateDirectory ?? _temporaryDirectory,
        "lane-" + _parts.Index.ToString(CultureInfo.InvariantCulture),
        "shard-" + partition.ToString(CultureInfo.InvariantCulture));

    /// <summary>A shard's part of the lane's memory: as if the lane held eight, so that a few more still fit.</summary>
    private long StoreMemoryBytes() => _parts.Options.StateMemoryBytes / 8;
}
