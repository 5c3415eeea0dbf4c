using System.Globalization;
using System.Reactive.Subjects;
using System.Text;
using StreamSegmenter.Customers;
using StreamSegmenter.Engine.Pipeline;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Engine.Lanes;

/// <summary>One thread with its own source, sink and shards. Polls, sends what it polled through the topology, and commits when
/// the interval has passed or the working set is full. Nothing is shared between lanes, so nothing is locked.</summary>
public sealed class Lane : IAssignmentListener, IDisposable
{
    private static int _lanesMade;
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(50);
    private readonly LaneParts _parts;
    private readonly LaneContext _context;
    private readonly LaneClock _clock;
    private readonly CommitCycle _commit;
    private readonly BackPressure _backPressure;
    private readonly string _temporaryDirectory;
    private readonly ShardRestorer _restorer;
    private readonly CheckpointTurns _checkpoints;
    private readonly Subject<PolledRecords> _batches = new();
    private IDisposable _topology;
    private readonly PolledRecords _polled = new();
    private readonly Dictionary<InputPartition, PartitionProgress> _progress = [];
    private CommitOutcome _lastCommit;
    private CancellationToken _stopping;
    private CancellationToken _givingUp;
    private long _committedAt;
    private long? _endOfInputMs;
    private FoldTotals _totalsOfLost;

    public Lane(LaneParts parts)
    {
        _parts = parts;
        _context = new LaneContext(parts.Definitions, parts.Segments, parts.Options, parts.Counters, parts.Clock);
        _clock = new LaneClock(_context, parts.Clock);
        _commit = new CommitCycle(_context, parts.Source, parts.Sink, parts.Outputs, parts.Clock);
        _backPressure = new BackPressure(_context, parts.Source);

        // Of its own for every lane ever made: two engines in one process must not spill into the same files.
        _temporaryDirectory = Path.Combine(
            parts.Options.StateDirectory ?? Path.GetTempPath(), string.Create(
                CultureInfo.InvariantCulture, $"streamsegmenter-{Environment.ProcessId}-{Interlocked.Increment(ref _lanesMade)}"));
        _restorer = new ShardRestorer(parts, _context, _temporaryDirectory);
        _checkpoints = new CheckpointTurns(_context, parts.Sink);
        _topology = Compose();
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
    /// <param name="stopping">Takes up no more work. A commit that is under way is finished first.</param>
    /// <param name="givingUp">There is no more time for commits either: what is not durable by then, the next start does
    /// again.</param>
    /// <returns>Committed: all is durable. Otherwise what made the lane stop.</returns>
    public CommitOutcome Run(CancellationToken stopping, CancellationToken givingUp = default)
    {
        Begin(stopping, givingUp);
        try
        {
            while (!stopping.IsCancellationRequested && Turn())
            {
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Told to stop while it restored a shard: the other shards' work is worth a last commit nevertheless.
        }

        return End();
    }

    /// <summary>The three parts of <see cref="Run"/>, for whoever decides himself which lane's turn it is.</summary>
    internal void Begin(CancellationToken stopping, CancellationToken givingUp = default)
    {
        _stopping = stopping;
        _givingUp = givingUp;
        _committedAt = _parts.Clock.GetTimestamp();
    }

    /// <returns>False: the inputs have ended, or the lane must stop.</returns>
    internal bool Turn()
    {
        if (!TryTurn())
        {
            return true;
        }

        if (!GoesOn(_lastCommit))
        {
            // Fenced while partitions were taken away: another commit would fence whoever fenced this lane.
            return false;
        }

        var ended = _polled.EndOfInputMs is not null && !_context.HasTimersDue();
        if (!ended && !IsCommitDue())
        {
            return true;
        }

        var goesOn = TryCommit() && !(ended && _lastCommit.Status == CommitStatus.Committed);
        SettleDoubt();
        return goesOn;
    }

    internal CommitOutcome End()
    {
        if (GoesOn(_lastCommit))
        {
            // Told to stop: what is folded is worth a last commit, and the group should not wait for a timeout.
            _parts.Counters.Vitals.ReportNotReady("stopping: the last commit");
            Commit();
        }

        _parts.Source.Close();
        _parts.Counters.Vitals.ReportStopped(_lastCommit.Reason ?? "the lane has stopped");
        return _lastCommit;
    }

    public void OnAssigned(int partition, Span<long> startOffsets)
    {
        var shard = Restore(partition);
        for (var input = 0; input < startOffsets.Length; input++)
        {
            startOffsets[input] = shard.Positions.RestartOffset(input);
        }
    }

    public void OnRevoking(IReadOnlyCollection<int> partitions)
    {
        TryCommit();
        Leave(partitions);
        SettleDoubt();
    }

    public void OnLost(IReadOnlyCollection<int> partitions)
    {
        // What these shards put into the outbox must not go out; the others do their share again.
        _commit.Rollback();
        Leave(partitions);
    }

    public void Dispose()
    {
        _topology.Dispose();
        _batches.Dispose();
        Drop([.. _context.Shards.Keys]);
        _parts.Source.Dispose();
        _parts.Sink.Dispose();
        if (Directory.Exists(_temporaryDirectory))
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

    private IDisposable Compose() => Topology.Compose(_batches, _context).Subscribe(batch => Report(batch.Shard));

    /// <returns>False: what was polled is dropped and will be polled again, because a shard had to be restored.</returns>
    private bool TryTurn()
    {
        try
        {
            Poll();
            _checkpoints.Take();
        }
        catch (StateDamagedException)
        {
            // Rx drops who throws at it.
            _topology.Dispose();
            _topology = Compose();
            _commit.Rollback();
        }

        var damaged = _context.DamagedPartitions();
        if (damaged.Count > 0)
        {
            RestoreDamaged(damaged);
        }

        return damaged.Count == 0;
    }

    private void Poll()
    {
        _parts.Counters.Vitals.Beat();
        _polled.Clear();
        _polled.LatestPlausibleMs = _clock.LatestPlausibleMs();
        _parts.Source.Poll(_polled, PollTimeout);
        if (_context.HasTimersDue())
        {
            // The source says once that nothing can follow, and there was more to do than fits into one commit.
            _polled.EndOfInputMs ??= _endOfInputMs;
        }

        _endOfInputMs = _polled.EndOfInputMs;
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
        _clock.Witness();
    }

    private bool IsCommitDue()
    {
        // Time that has passed, not the clock's: one that is set back must not hold commits up.
        if (_parts.Clock.GetElapsedTime(_committedAt).TotalMilliseconds >= _parts.Options.CommitIntervalMs)
        {
            return true;
        }

        var bytes = _context.WorkingSetBytes();
        _parts.Counters.WorkingSetBytes = bytes;
        _parts.Counters.WorkingSetCustomers = _context.Shards.Values.Sum(shard => shard.Customers.Count);
        return bytes >= _parts.Options.WorkingSetBytesMax;
    }

    private Shard Restore(int partition)
    {
        var gauges = _parts.Counters.AddShard(partition);
        var shard = _restorer.Restore(partition, gauges, _stopping);
        _context.Shards[partition] = shard;
        gauges.RestoreRemaining = 0;
        _parts.Counters.Vitals.ReportReady();
        return shard;
    }

    /// <summary>What a disk gave back is not what was written: of that shard nothing is used any more, and it is built anew.</summary>
    private void RestoreDamaged(IReadOnlyList<int> partitions)
    {
        // The others go back too: what the damaged one put into the outbox must not go out, and it is one outbox.
        _commit.Rollback();
        foreach (var partition in partitions)
        {
            var damaged = _context.Shards[partition];
            _parts.Counters.StatesDamaged++;
            _parts.Report?.Invoke($"partition {partition}: what was spilled to disk does not verify, so it is restored: {damaged.Store.Fault}");
            RestoreAnew(partition);
        }
    }

    /// <summary>As if the shard had just come here.</summary>
    private void RestoreAnew(int partition)
    {
        var before = _context.Shards[partition];
        foreach (var input in before.Paused)
        {
            _parts.Source.Resume(new InputPartition(input, partition));
        }

        Drop([partition]);
        var restored = Restore(partition);

        // Lines that were under way may still arrive behind what was read.
        restored.Unsettled.Add(before.Unsettled);
        for (var input = 0; input < _parts.Options.Inputs.Count; input++)
        {
            _parts.Source.Seek(new InputPartition(input, partition), restored.Positions.RestartOffset(input));
        }
    }

    /// <returns>False when the lane must stop.</returns>
    private bool TryCommit()
    {
        Commit();
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

    /// <summary>After a commit of which nobody knows whether it is durable: the changelog knows.</summary>
    private void SettleDoubt()
    {
        if (_lastCommit.Status == CommitStatus.InDoubt)
        {
            _lastCommit = CommitOutcome.Committed;
            foreach (var partition in _context.Shards.Keys.ToArray())
            {
                RestoreAnew(partition);
            }
        }
    }

    /// <summary>An aborted commit is made good by a commit of the same work only, not by one that has nothing to do yet.</summary>
    private void Commit()
    {
        CommitOutcome outcome;
        try
        {
            outcome = _commit.Run(_givingUp);
        }
        catch (StateDamagedException e)
        {
            _commit.Rollback();
            outcome = new CommitOutcome(CommitStatus.Aborted, "the spilled state is damaged: " + e.Message);
        }

        if (!_commit.WasEmpty || _context.Shards.Count == 0 || _lastCommit.Status != CommitStatus.Aborted)
        {
            _lastCommit = outcome;
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

    private void Leave(IReadOnlyCollection<int> partitions)
    {
        Drop(partitions);
        if (_lastCommit.Status == CommitStatus.Aborted)
        {
            // Others make good what was aborted of these shards. Without them there may be nothing that a commit could prove.
            _lastCommit = CommitOutcome.Committed;
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
}
