using System.Text;
using StreamSegmenter.Customers;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Pipeline;
using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Folding;

namespace StreamSegmenter.Engine.Lanes;

/// <summary>One thread with its own source, sink and shards. Polls, sends what it polled through the topology, and commits when
/// the interval has passed or the working set is full. Nothing is shared between lanes, so nothing is locked.</summary>
internal sealed class Lane : IAssignmentListener, IDisposable
{
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(50);
    private readonly LaneDependencies _parts;
    private readonly LaneContext _context;
    private readonly LaneClock _clock;
    private readonly LaneCommit _commit;
    private readonly BackPressure _backPressure;
    private readonly LaneShards _shards;
    private readonly StoreMaintenance _stores;
    private readonly ChangeOver _changeOver;
    private readonly ProgressWatch _progressWatch;
    private Topology _topology;
    private readonly PolledRecords _polled = new();
    private readonly Dictionary<InputPartition, PartitionProgress> _progress = [];
    private CommitOutcome _lastCommit;
    private CancellationToken _stopping;
    private CancellationToken _givingUp;
    private long _committedAt;
    private long? _endOfInputMs;
    private bool _hasMoreBehindEnd;

    public Lane(LaneDependencies parts)
    {
        _parts = parts;
        _context = new LaneContext(parts.Versions, parts.Options, parts.Counters, parts.Clock) { Report = parts.Report };
        _clock = new LaneClock(_context, parts.Clock);
        _commit = new LaneCommit(_context, parts.Source, parts.Sink, parts.Outputs, parts.Clock);
        _backPressure = new BackPressure(_context, parts.Source);

        _shards = new LaneShards(parts, _context);
        _stores = new StoreMaintenance(_context, parts.Sink);
        _changeOver = new ChangeOver(_context, parts.Report);
        _progressWatch = new ProgressWatch(_context, parts.Clock);
        _topology = new Topology(_context);
        parts.Source.Listener = this;
    }

    internal IEnumerable<Shard> Shards => _context.Shards.Values;

    /// <summary>What was counted since the lane started, over all shards that it has or had. Read it after
    /// <see cref="Run"/> returned, or accept figures of different instants.</summary>
    public FoldTotals Totals => _shards.Totals;

    /// <summary>Runs until the source's inputs end, or until it must stop; then commits and leaves the group.</summary>
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
            // Stopped while it restored a shard: the other shards' work is worth a last commit nevertheless.
        }

        return End();
    }

    /// <summary>The three parts of <see cref="Run"/>, for a caller that decides which lane's turn it is.</summary>
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
            _hasMoreBehindEnd = false;
            return true;
        }

        if (!GoesOn(_lastCommit))
        {
            // Fenced while partitions were taken away: another commit would fence the lane's successor.
            return false;
        }

        var untold = _polled.EndOfInputMs is not null && _context.HasUntold();
        _hasMoreBehindEnd = untold || _context.HasMoreToDo();
        var ended = _polled.EndOfInputMs is not null && !_hasMoreBehindEnd;
        if (!ended && !untold && !IsCommitDue())
        {
            return true;
        }

        var goesOn = TryCommit() && !(ended && _lastCommit.Status == CommitStatus.Committed);
        if (_lastCommit.Status == CommitStatus.Committed)
        {
            _changeOver.Run();
        }
        else
        {
            // It reads again, and comes to the end again.
            _hasMoreBehindEnd = false;
        }

        RestoreAfterInDoubt();
        return goesOn;
    }

    internal CommitOutcome End()
    {
        if (GoesOn(_lastCommit))
        {
            // Stopped: what is folded is worth a last commit, and the group should not wait for a timeout.
            _parts.Counters.Health.ReportNotReady("stopping: the last commit");
            Commit();
        }

        _parts.Reads?.RefuseAll("the lane has stopped");
        _parts.Source.Close();
        _parts.Counters.Health.ReportStopped(_lastCommit.Reason ?? "the lane has stopped");
        return _lastCommit;
    }

    public void OnAssigned(int partition, Span<long> startOffsets)
    {
        var shard = _shards.Restore(partition, _stopping);
        for (var input = 0; input < startOffsets.Length; input++)
        {
            startOffsets[input] = shard.Positions.RestartOffset(input);
        }
    }

    public void OnRevoking(IReadOnlyCollection<int> partitions)
    {
        TryCommit();
        Leave(partitions);
        RestoreAfterInDoubt();
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
        _shards.Dispose();
        _parts.Source.Dispose();
        _parts.Sink.Dispose();
    }

    /// <summary>A customer's committed state; null when this lane has never seen the customer. Only after <see cref="Run"/>
    /// returned: the store belongs to the lane's thread. Valid until the lane is disposed.</summary>
    public CustomerRecord? Find(string customerId) => _shards.Find(Encoding.UTF8.GetBytes(customerId))?.Record;

    /// <summary>The same, spelled out.</summary>
    public CustomerView? Describe(string customerId)
    {
        var key = Encoding.UTF8.GetBytes(customerId);
        return _shards.Find(key) is var (record, fold) ? fold.Describe(record, key) : null;
    }

    /// <returns>False: what was polled is dropped and will be polled again, because a shard had to be restored.</returns>
    private bool TryTurn()
    {
        try
        {
            Poll();
            _stores.Take();
            _parts.Reads?.Take(_context);
        }
        catch (StateDamagedException)
        {
            // Rx drops who throws at it.
            _topology.Dispose();
            _topology = new Topology(_context);
            _commit.Rollback();
        }

        if (!_shards.AreDamaged())
        {
            return true;
        }

        // The sound ones go back too: what the damaged one put into the outbox must not go out, and it is one outbox.
        _commit.Rollback();
        _shards.RestoreDamaged(_stopping);
        return false;
    }

    private void Poll()
    {
        _parts.Counters.Health.Heartbeat();
        _polled.Clear();
        _polled.LatestPlausibleMs = _clock.LatestPlausibleMs();
        _parts.Source.Poll(_polled, PollTimeout);
        if (_hasMoreBehindEnd)
        {
            // The source says once that nothing can follow, and there was more to do than fits into one commit, or definitions changed.
            _polled.EndOfInputMs ??= _endOfInputMs;
        }

        _endOfInputMs = _polled.EndOfInputMs;
        _parts.Counters.RecordsPolled += _polled.RecordCount;
        _parts.Counters.BytesPolled += _polled.ByteCount;
        _parts.Source.ReportProgress(_progress);
        _shards.Follow(_progress);
        _topology.Process(_polled);
        _backPressure.Apply();
        _clock.ObserveEventTime();
        _progressWatch.Look();
    }

    private bool IsCommitDue()
    {
        // Time that has passed, not the clock's: one that is set back must not hold commits up.
        if (_changeOver.IsDue() || _parts.Clock.GetElapsedTime(_committedAt).TotalMilliseconds >= _parts.Options.CommitIntervalMs)
        {
            return true;
        }

        if (_shards.IsAnyWaitedFor())
        {
            return true;
        }

        var bytes = _context.WorkingSetBytes();
        _parts.Counters.WorkingSetBytes = bytes;
        _parts.Counters.WorkingSetCustomers = _context.Shards.Values.Sum(shard => shard.Customers.Count);
        return bytes >= _parts.Options.WorkingSetBytesMax;
    }

    /// <returns>False when the lane must stop.</returns>
    private bool TryCommit()
    {
        Commit();
        _committedAt = _parts.Clock.GetTimestamp();
        if (_lastCommit.Status is CommitStatus.Aborted or CommitStatus.InDoubt)
        {
            _parts.Counters.Health.ReportNotReady(_lastCommit.Reason ?? "the last commit was aborted");
        }
        else
        {
            _parts.Counters.Health.ReportReady();
        }

        return GoesOn(_lastCommit);
    }

    private static bool GoesOn(CommitOutcome commit) =>
        commit.Status is CommitStatus.Committed or CommitStatus.Aborted or CommitStatus.InDoubt;

    /// <summary>After a commit in doubt: the changelog shows whether it is durable.</summary>
    private void RestoreAfterInDoubt()
    {
        if (_lastCommit.Status == CommitStatus.InDoubt)
        {
            _lastCommit = CommitOutcome.Committed;
            foreach (var partition in _context.Shards.Keys.ToArray())
            {
                _shards.RestoreAnew(partition, _stopping);
            }
        }
    }

    /// <summary>Only a commit of the same work clears an aborted status; an empty one proves nothing.</summary>
    private void Commit()
    {
        var outcome = _commit.Run(_givingUp);
        if (!_commit.WasEmpty || _context.Shards.Count == 0 || _lastCommit.Status != CommitStatus.Aborted)
        {
            _lastCommit = outcome;
        }
    }

    private void Leave(IReadOnlyCollection<int> partitions)
    {
        _shards.Drop(partitions);
        if (_lastCommit.Status == CommitStatus.Aborted)
        {
            // Others make good what was aborted of these shards. Without them there may be nothing that a commit could prove.
            _lastCommit = CommitOutcome.Committed;
        }
    }
}
