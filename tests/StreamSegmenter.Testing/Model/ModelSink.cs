using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Outputs;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Testing.Runs;

namespace StreamSegmenter.Testing.Model;

/// <summary>A lane's commits into the model, step by step, in the order of the real sink, and its restores. At every step chance
/// may let the process die, the commit fail, or everybody else go on while this process stands still.</summary>
internal sealed class ModelSink(SimulatedLane lane) : ILaneSink
{
    private readonly World _world = lane.World;
    private readonly Kafka _kafka = lane.World.Kafka;
    private readonly Dictionary<int, long> _positions = [];
    private readonly Faults _faults = new(lane);
    private readonly List<(int Partition, ChangelogLine Line)> _late = [];
    private int? _epoch;

    /// <summary>What the last commit came to.</summary>
    public CommitStatus LastStatus { get; private set; }

    public CommitOutcome Commit(CommitUnit unit, CancellationToken cancellation)
    {
        var outcome = TryCommit(unit);
        LastStatus = outcome.Status;
        _world.Trace?.Say(lane, $"commits {unit.Outbox.Count} outputs, {unit.Exchange.Count} messages, {unit.Changelog.Count} lines: {outcome.Status} {outcome.Reason}");
        return outcome;
    }

    private CommitOutcome TryCommit(CommitUnit unit)
    {
        var outputs = OutputsOf(unit.Outbox);
        _faults.Plan(outputs.Count + unit.Exchange.Count + unit.Changelog.Count + (_world.Weather.ExactlyOnce ? 3 : 2));
        try
        {
            return _world.Weather.ExactlyOnce ? CommitTogether(unit, outputs) : CommitInTurn(unit, outputs);
        }
        catch (FencedException e)
        {
            // By a successor whose restore it held up, or by the time-out; or by another process that has this one's name.
            _epoch = null;
            return new CommitOutcome(_kafka.Group.IsReplaced(lane.Source.Member) ? CommitStatus.Fenced : CommitStatus.Aborted, e.Message);
        }
        catch (AbortedException e)
        {
            Abandon();
            return new CommitOutcome(CommitStatus.Aborted, e.Message);
        }
    }

    public void Restore(int partition, long from, IRestoreTarget target, CancellationToken cancellation)
    {
        _world.RestoringSinceMs.Add(_world.ClockMs);
        try
        {
            Read(partition, from, target);
        }
        finally
        {
            _world.RestoringSinceMs.RemoveAt(_world.RestoringSinceMs.Count - 1);
        }
    }

    public long ChangelogPosition(int partition) => _positions.GetValueOrDefault(partition);

    public void Dispose()
    {
    }

    private void Read(int partition, long from, IRestoreTarget target)
    {
        var log = _kafka.Changelog[partition];
        _world.RestoresFromCheckpoints += from > 0 ? 1 : 0;
        if (from > log.End)
        {
            throw new ChangelogLostException($"the changelog ends at {log.End}, wanted is {from}");
        }

        if (_world.Weather.ExactlyOnce)
        {
            Open();
            while (log.HasOpenTransaction && !_world.Mutation.RestoresAtOnce)
            {
                _world.LetOthersGoOn(lane);
                EndOpenTransaction(log);
            }
        }
        else if (_world.Mutation.WritesBarriers)
        {
            // Whoever reads to the end writes there first: once that is acknowledged, all before it can be read.
            log.Append(new ChangelogLine(StateKey.BarrierKey, [], _kafka.NowMs));
        }

        _faults.StepOfRestore("in a restore");
        var last = Compaction.LastMark(log);
        foreach (var (offset, line) in log.ReadCommitted(from).Where(read => read.Value.Key[0] != StateKey.Barrier))
        {
            if (offset <= last || _world.Mutation.AppliesUnfinished)
            {
                target.Apply(line.Key, line.Value);
            }
            else
            {
                target.Unfinished(line.Key);
            }
        }

        _positions[partition] = Math.Max(from, last + 1);
        _late.Where(late => late.Partition == partition).ToList().ForEach(late => log.Append(late.Line));
        _faults.StepOfRestore("behind a restore");
    }

    /// <summary>Sooner or later, and be its writer alive.</summary>
    private void EndOpenTransaction(PartitionLog<ChangelogLine> log)
    {
        if (log.Holder is { } holder && _world.Dice.Falls(Concern.Ending, 0.3))
        {
            _world.Trace?.Say(lane, $"ends what {holder} left open");
            _world.TransactionsEnded++;
            _kafka.Transactions.Initialise(holder, _world.Mutation.UndoesDecisions);
        }
    }

    /// <summary>Without transactions: outputs, then the changelog, then the offsets, and each may be the last.</summary>
    private CommitOutcome CommitInTurn(CommitUnit unit, List<object> outputs)
    {
        _late.Clear();
        _faults.Step("before a commit");
        ProveMembership();
        foreach (var output in outputs)
        {
            _kafka.Outputs.Append(output);
            _faults.Step("in the outputs");
        }

        foreach (var message in unit.Exchange)
        {
            _kafka.Exchange[message.Partition].Append(message.Value.ToArray());
            _faults.Step("in the exchange");
        }

        ProveMembership();
        for (var written = 0; written < unit.Changelog.Count;)
        {
            var line = unit.Changelog[written++];
            _positions[line.Partition] = _kafka.Changelog[line.Partition].Append(Line(line)) + 1;
            try
            {
                _faults.Step("in the changelog");
            }
            catch (AbortedException e)
            {
                // Of some shards the commit may be complete.
                LeaveBehind(unit.Changelog.Skip(written));
                return new CommitOutcome(CommitStatus.InDoubt, e.Message);
            }
            catch (CrashException)
            {
                LeaveBehind(unit.Changelog.Skip(written));
                throw;
            }
        }

        // What the changelog holds now, it holds completely, whatever becomes of the offsets.
        var isRefused = !_kafka.Group.Accepts(lane.Source.Member, lane.Source.Generation);
        var fault = _faults.Next();
        if (!isRefused && (fault == Fault.None || _world.Dice.Falls(Concern.Commit, 0.5)))
        {
            _kafka.Group.Commit(unit.Offsets);
        }

        if (isRefused || fault == Fault.Abort)
        {
            return new CommitOutcome(CommitStatus.InDoubt, "the offsets' answer did not come");
        }

        _faults.Suffer(fault, "behind the changelog");
        return CommitOutcome.Committed;
    }

    /// <summary>What was sent and is not known to have arrived: the leader may have some of it that cannot be read yet, and some may
    /// arrive only behind what this lane's next restore reads.</summary>
    private void LeaveBehind(IEnumerable<ChangelogRecord> lines)
    {
        if (!_world.Dice.Falls(Concern.Late, _world.Weather.LateShare))
        {
            return;
        }

        var random = _world.Dice[Concern.Late];
        var (unreplicated, late) = (random.Next(4), random.Next(4));
        foreach (var shard in lines.GroupBy(line => line.Partition))
        {
            foreach (var line in shard.Take(unreplicated))
            {
                _kafka.Changelog[shard.Key].AppendUnreplicated(Line(line));
            }

            _late.AddRange(shard.Skip(unreplicated).Take(late).Select(line => (shard.Key, Line(line))));
        }
    }

    /// <summary>As the connector does it where no transaction fences: who has stood still for too long asks before he writes.</summary>
    private void ProveMembership()
    {
        if (!_kafka.Group.Accepts(lane.Source.Member, lane.Source.Generation))
        {
            throw new AbortedException("the group has forgotten this lane");
        }
    }

    private CommitOutcome CommitTogether(CommitUnit unit, List<object> outputs)
    {
        var epoch = Open();
        var doubt = _world.IsStormy && _world.Dice.Falls(Concern.Commit, _world.Weather.DoubtShare);
        var doubtIsRight = _world.Dice.Falls(Concern.Commit, 0.5);
        var transactions = _kafka.Transactions;
        var positions = new List<(int Partition, long Position)>();
        transactions.Begin(lane.Transactional, epoch, _kafka.NowMs);
        _faults.Step("in an empty transaction");
        foreach (var output in outputs)
        {
            transactions.Append(lane.Transactional, epoch, _kafka.Outputs, output);
            _faults.Step("in the outputs");
        }

        foreach (var message in unit.Exchange)
        {
            transactions.Append(lane.Transactional, epoch, _kafka.Exchange[message.Partition], message.Value.ToArray());
            _faults.Step("in the exchange");
        }

        foreach (var line in unit.Changelog)
        {
            var log = _kafka.Changelog[line.Partition];
            transactions.Append(lane.Transactional, epoch, log, Line(line));
            positions.Add((line.Partition, log.End));
            _faults.Step("in the changelog");
        }

        if (!_kafka.Group.Accepts(lane.Source.Member, lane.Source.Generation))
        {
            throw new AbortedException("the group refuses the offsets");
        }

        transactions.AddOffsets(lane.Transactional, epoch, unit.Offsets);
        _faults.Step("behind the offsets");
        if (!doubt || doubtIsRight)
        {
            Commit(transactions, epoch);
        }

        var fault = _faults.Next();
        if (doubt || fault == Fault.Abort)
        {
            _epoch = null;
            return new CommitOutcome(CommitStatus.InDoubt, "the marker's answer did not come");
        }

        _faults.Suffer(fault, "behind a commit");
        positions.ForEach(written => _positions[written.Partition] = written.Position);
        return CommitOutcome.Committed;
    }

    private void Commit(TransactionCoordinator transactions, int epoch)
    {
        if (_world.IsStormy && _world.Dice.Falls(Concern.Ending, _world.Weather.EarlyAnswerShare))
        {
            transactions.Decide(lane.Transactional, epoch);
        }
        else
        {
            transactions.End(lane.Transactional, epoch, TransactionState.Committed);
        }
    }

    private int Open() => _epoch ??= _kafka.Transactions.Initialise(lane.Transactional);

    /// <summary>The producer is dropped; whether the broker still heard it abort, is chance.</summary>
    private void Abandon()
    {
        if (_epoch is { } epoch && _world.Dice.Falls(Concern.Commit, 0.5))
        {
            try
            {
                _kafka.Transactions.End(lane.Transactional, epoch, TransactionState.Aborted);
            }
            catch (FencedException)
            {
                // Then somebody else has ended it.
            }
        }

        _epoch = null;
    }

    private ChangelogLine Line(in ChangelogRecord line) => new(line.Key.ToArray(), line.Value.ToArray(), _kafka.NowMs);

    private static List<object> OutputsOf(Outbox outbox) =>
    [
        .. outbox.CartAbandoned, .. outbox.Suppressed, .. outbox.MembershipChanges, .. outbox.ConversionPanes,
        .. outbox.DeadLetters, .. outbox.LateEvents,
    ];
}
