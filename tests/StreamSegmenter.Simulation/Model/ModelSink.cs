using StreamSegmenter.Engine.Lanes;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Simulation.Runs;

namespace StreamSegmenter.Simulation.Model;

/// <summary>The process dies here.</summary>
internal sealed class CrashException(string why) : Exception(why);

/// <summary>A lane's commits into the model, step by step, in the order of the real sink, and its restores. At every step chance
/// may let the process die, the commit fail, or everybody else go on while this process stands still.</summary>
internal sealed class ModelSink(SimulatedLane lane) : ILaneSink
{
    private readonly World _world = lane.World;
    private readonly Kafka _kafka = lane.World.Kafka;
    private readonly Dictionary<int, long> _positions = [];
    private readonly List<(int Partition, ChangelogLine Line)> _late = [];
    private int? _epoch;

    private sealed class AbortedException(string why) : Exception(why);

    private enum Fault
    {
        None,
        Crash,
        Abort,
        Freeze,
    }

    /// <summary>What the last commit came to.</summary>
    public CommitStatus LastStatus { get; private set; }

    public CommitOutcome Commit(CommitUnit unit, CancellationToken cancellation)
    {
        var outcome = TryCommit(unit);
        LastStatus = outcome.Status;
        _world.Trace?.Say(lane, $"commits {unit.Outbox.Count} outputs, {unit.Changelog.Count} lines: {outcome.Status} {outcome.Reason}");
        return outcome;
    }

    private CommitOutcome TryCommit(CommitUnit unit)
    {
        var outputs = OutputsOf(unit.Outbox);
        var plan = Plan(outputs.Count + unit.Changelog.Count + (_world.Weather.ExactlyOnce ? 3 : 2));
        try
        {
            return _world.Weather.ExactlyOnce ? CommitTogether(unit, outputs, plan) : CommitInTurn(unit, outputs, plan);
        }
        catch (FencedException e)
        {
            _epoch = null;
            return new CommitOutcome(CommitStatus.Fenced, e.Message);
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
            }
        }
        else if (_world.Mutation.WritesBarriers)
        {
            // Whoever reads to the end writes there first: once that is acknowledged, all before it can be read.
            log.Append(new ChangelogLine(StateKey.BarrierKey, [], _kafka.NowMs));
        }

        Suffer(RestoreFault(), "in a restore");
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
        Suffer(RestoreFault(), "behind a restore");
    }

    /// <summary>Without transactions: outputs, then the changelog, then the offsets, and each may be the last.</summary>
    private CommitOutcome CommitInTurn(CommitUnit unit, List<object> outputs, Queue<Fault> plan)
    {
        _late.Clear();
        Step(plan, "before a commit");
        ProveMembership();
        foreach (var output in outputs)
        {
            _kafka.Outputs.Append(output);
            Step(plan, "in the outputs");
        }

        ProveMembership();
        for (var written = 0; written < unit.Changelog.Count;)
        {
            var line = unit.Changelog[written++];
            _positions[line.Partition] = _kafka.Changelog[line.Partition].Append(Line(line)) + 1;
            try
            {
                Step(plan, "in the changelog");
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
        var fault = plan.Dequeue();
        if (!isRefused && (fault == Fault.None || _world.Dice.Falls(Concern.Commit, 0.5)))
        {
            _kafka.Group.Commit(unit.Offsets);
        }

        if (isRefused || fault == Fault.Abort)
        {
            return new CommitOutcome(CommitStatus.InDoubt, "the offsets' answer did not come");
        }

        Suffer(fault, "behind the changelog");
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

    private CommitOutcome CommitTogether(CommitUnit unit, List<object> outputs, Queue<Fault> plan)
    {
        var epoch = Open();
        var doubt = _world.IsStormy && _world.Dice.Falls(Concern.Commit, _world.Weather.DoubtShare);
        var doubtIsRight = _world.Dice.Falls(Concern.Commit, 0.5);
        var transactions = _kafka.Transactions;
        var positions = new List<(int Partition, long Position)>();
        transactions.Begin(lane.Transactional, epoch, _kafka.NowMs);
        Step(plan, "in an empty transaction");
        foreach (var output in outputs)
        {
            transactions.Append(lane.Transactional, epoch, _kafka.Outputs, output);
            Step(plan, "in the outputs");
        }

        foreach (var line in unit.Changelog)
        {
            var log = _kafka.Changelog[line.Partition];
            transactions.Append(lane.Transactional, epoch, log, Line(line));
            positions.Add((line.Partition, log.End));
            Step(plan, "in the changelog");
        }

        if (!_kafka.Group.Accepts(lane.Source.Member, lane.Source.Generation))
        {
            throw new AbortedException("the group refuses the offsets");
        }

        transactions.AddOffsets(lane.Transactional, epoch, unit.Offsets);
        Step(plan, "behind the offsets");
        if (!doubt || doubtIsRight)
        {
            transactions.End(lane.Transactional, epoch, TransactionState.Committed);
        }

        var fault = plan.Dequeue();
        if (doubt || fault == Fault.Abort)
        {
            _epoch = null;
            return new CommitOutcome(CommitStatus.InDoubt, "the marker's answer did not come");
        }

        Suffer(fault, "behind a commit");
        positions.ForEach(written => _positions[written.Partition] = written.Position);
        return CommitOutcome.Committed;
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

    /// <summary>What happens at each step of a commit: nothing, or one fault at one of them.</summary>
    private Queue<Fault> Plan(int steps)
    {
        var weather = _world.Weather;
        var random = _world.Dice[Concern.Commit];
        var chance = random.NextDouble();

        // The last few steps decide, so they have more than their share.
        var at = random.Next(3) == 0 ? Math.Max(0, steps - 1 - random.Next(3)) : random.Next(steps);
        var fault = !_world.IsStormy ? Fault.None
            : (chance -= weather.CrashShare) < 0 ? Fault.Crash
            : (chance -= weather.AbortShare) < 0 ? Fault.Abort
            : chance - weather.FreezeInsideShare < 0 ? Fault.Freeze : Fault.None;
        return new Queue<Fault>(Enumerable.Range(0, steps).Select(step => step == at ? fault : Fault.None));
    }

    private Fault RestoreFault() => !_world.IsStormy ? Fault.None
        : _world.Dice.Falls(Concern.Restore, _world.Weather.CrashInRestoreShare / 2) ? Fault.Crash
        : _world.Dice.Falls(Concern.Restore, _world.Weather.FreezeInsideShare / 2) ? Fault.Freeze : Fault.None;

    private void Step(Queue<Fault> plan, string where) => Suffer(plan.Dequeue(), where);

    private void Suffer(Fault fault, string where)
    {
        switch (fault)
        {
            case Fault.Crash:
                throw new CrashException(where);
            case Fault.Abort:
                throw new AbortedException(where);
            case Fault.Freeze:
                _world.StandStill(lane, where);
                break;
        }
    }

    private ChangelogLine Line(in ChangelogRecord line) => new(line.Key.ToArray(), line.Value.ToArray(), _kafka.NowMs);

    private static List<object> OutputsOf(Outbox outbox) =>
    [
        .. outbox.CartAbandoned, .. outbox.Suppressed, .. outbox.MembershipChanges, .. outbox.ConversionPanes,
        .. outbox.DeadLetters, .. outbox.LateEvents,
    ];
}
