using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Outputs;
using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Engine.Lanes;

/// <summary>The one place where a lane's work becomes durable. Gathers outputs, changelog and offsets into one unit and hands
/// it to the sink; only after the sink said "committed" does the working set enter the customer store. Whatever else
/// it says, the working set is dropped and reading goes back, so a step that dies here loses nothing and repeats
/// nothing that was committed.</summary>
internal sealed class LaneCommit(LaneContext lane, ILaneSource source, ILaneSink sink, EngineOutputs outputs, TimeProvider clock)
{
    private const int MessagesUncommittedMax = 1_000;

    private readonly PaneGathering _panes = new(lane);
    private readonly ChangelogRepair _repair = new(lane, sink);
    private readonly CommitUnit _unit = new() { Outbox = lane.Outbox };
    private readonly Dictionary<Shard, InputPosition[]> _positions = [];
    private readonly Dictionary<Shard, ShardRecord> _records = [];

    private bool _isHandedOver;

    /// <summary>The last run had nothing to commit, so that it proves nothing of the sink.</summary>
    public bool WasEmpty { get; private set; }

    /// <summary>Commits everything since the last commit; nothing to commit is a success.</summary>
    public CommitOutcome Run(CancellationToken cancellation)
    {
        WasEmpty = _isHandedOver = false;
        try
        {
            return Commit(cancellation);
        }
        catch (StateDamagedException e)
        {
            // Once the sink has the unit, it may be durable: to fold the same events again would repeat its outputs. The changelog knows.
            Rollback();
            return new CommitOutcome(
                _isHandedOver ? CommitStatus.InDoubt : CommitStatus.Aborted, "the spilled state is damaged: " + e.Message);
        }
    }

    /// <summary>Drops everything uncommitted and reads again from where the last commit stood.</summary>
    public void Rollback()
    {
        foreach (var shard in lane.Shards.Values)
        {
            shard.Rollback(lane);
            for (var input = 0; input < lane.Options.SourceCount; input++)
            {
                source.Seek(new InputPartition(input, shard.Partition), shard.CommittedPositions[input].RestartOffset);
            }
        }

        lane.Outbox.Clear();
    }

    private CommitOutcome Commit(CancellationToken cancellation)
    {
        var settles = _repair.IsDue;
        if (settles && Timed(() => _repair.Run(cancellation)) is { Status: not CommitStatus.Committed } unsettled)
        {
            Rollback();
            return unsettled;
        }

        Gather();
        var isEmpty = _unit.Changelog.Count == 0 && lane.Outbox.Count == 0;
        WasEmpty = isEmpty && !settles;
        if (isEmpty)
        {
            // Still, what was only looked at must not pile up.
            Complete();
            return CommitOutcome.Committed;
        }

        _isHandedOver = true;
        var outcome = Timed(() => sink.Commit(_unit, cancellation));
        if (outcome.Status == CommitStatus.Committed)
        {
            Complete();
        }
        else
        {
            _repair.Distrust(_unit.Changelog);
            Rollback();
        }

        return outcome;
    }

    private CommitOutcome Timed(Func<CommitOutcome> commit)
    {
        var started = clock.GetTimestamp();
        var outcome = commit();
        lane.Counters.RecordCommit(clock.GetElapsedTime(started).TotalSeconds, outcome.Status);
        return outcome;
    }

    private void Gather()
    {
        _unit.Changelog.Clear();
        _unit.Exchange.Clear();
        _unit.Offsets.Clear();
        _positions.Clear();
        _records.Clear();
        foreach (var shard in lane.Shards.Values)
        {
            var before = _unit.Changelog.Count + _unit.Exchange.Count;
            AddLayout(shard);
            AddDirty(shard, shard.Customers.SealDirty());
            shard.Panes.TouchUntold();
            AddDirty(shard, shard.Panes.Entries);
            _panes.Gather(shard, _unit.Exchange);
            AddDirty(shard, shard.WholePanes.Entries);
            lane.CollectOutputs(shard.Output);
            var positions = shard.Positions.Now(shard.Progress, shard.Buffer);
            _positions[shard] = positions;

            // The watermark alone, moved by the clock while the shop is quiet, is not worth a record a second.
            if (_unit.Changelog.Count + _unit.Exchange.Count == before && !HasMoved(shard, positions) && !IsTakenOver(shard)
                && !shard.IsVersionUnwritten)
            {
                continue;
            }

            // Last of its partition: a reader that has it has read everything that belongs to it.
            var record = shard.Describe(positions) with { Group = lane.Options.Group };
            _records[shard] = record;
            _unit.Changelog.Add(new ChangelogRecord(shard.Partition, StateKey.ShardKey, record.Encode()));
            for (var input = 0; input < positions.Length; input++)
            {
                if (positions[input].RestartOffset >= 0)
                {
                    _unit.Offsets[new InputPartition(input, shard.Partition)] = positions[input].RestartOffset;
                }
            }
        }
    }

    /// <summary>The changelog still names the group that had the shard before.</summary>
    private bool IsTakenOver(Shard shard) => shard.CommittedRecord is { } last && last.Group != lane.Options.Group;

    /// <summary>Before the first record that has it.</summary>
    private void AddLayout(Shard shard)
    {
        if (!shard.Customers.Dirty.IsEmpty && !shard.Layouts.IsCurrentStored)
        {
            var layout = shard.Layouts.Current;
            _unit.Changelog.Add(new ChangelogRecord(shard.Partition, StateKey.OfLayout(layout.Hash), layout.Encoded));
        }
    }

    private void AddDirty<TEntry>(Shard shard, ReadOnlySpan<TEntry> entries)
        where TEntry : WorkingEntry
    {
        foreach (var entry in entries)
        {
            if (entry.IsDirty || entry.IsDeleted)
            {
                _unit.Changelog.Add(new ChangelogRecord(
                    shard.Partition, entry.StateKeyMemory, entry.IsDeleted ? default : entry.Value));
            }
        }
    }

    private bool HasMoved(Shard shard, InputPosition[] now)
    {
        for (var input = 0; input < lane.Options.Inputs.Count; input++)
        {
            if (!now[input].IsAt(shard.CommittedPositions[input]))
            {
                return true;
            }
        }

        // Messages that only say how far others are may be read again: they are not worth a record a second either.
        return lane.Options.ExchangeInput is >= 0 and var exchange
            && now[exchange].Position - (shard.CommittedRecord?.Exchange?.Position ?? 0) >= MessagesUncommittedMax;
    }

    private void Complete()
    {
        // Half of the room is for what comes until the next commit.
        var keep = lane.WorkingSetBytes() < lane.Options.WorkingSetBytesMax / 2;
        foreach (var shard in lane.Shards.Values)
        {
            shard.Commit(_positions[shard], _records.GetValueOrDefault(shard), keep);
        }

        Count();
        foreach (var shard in lane.Shards.Values)
        {
            shard.Output.Clear();
        }

        outputs.Publish(lane.Outbox);
        lane.Outbox.Clear();
    }

    private void CountMembers(Shard shard)
    {
        foreach (var change in shard.Output.MembershipChanges)
        {
            var segment = lane.PlaceOfSegment(change.Segment);
            if (change.Kind == Segments.MembershipKind.Entered)
            {
                lane.Counters.MembershipEntered[segment]++;
                shard.Gauges.MembersOf(segment)++;
            }
            else
            {
                lane.Counters.MembershipExited[segment]++;
                shard.Gauges.MembersOf(segment)--;
            }
        }
    }

    private void Count()
    {
        lane.Counters.ChangelogRecords += _unit.Changelog.Count;
        lane.Counters.ExchangeTold += _unit.Exchange.Count;
        foreach (var trigger in lane.Outbox.CartAbandoned)
        {
            var rule = lane.PlaceOfRule(trigger.Rule);
            _ = trigger.Kind switch
            {
                TriggerKind.Emitted => lane.Counters.TriggersEmitted[rule]++,
                TriggerKind.Retracted => lane.Counters.TriggersRetracted[rule]++,
                _ => lane.Counters.TriggersRecovered[rule]++,
            };
        }

        foreach (var suppressed in lane.Outbox.Suppressed)
        {
            lane.Counters.RecordSuppressed(lane.PlaceOfRule(suppressed.Trigger.Rule), suppressed.Reason);
        }

        foreach (var shard in lane.Shards.Values)
        {
            CountMembers(shard);
        }

        foreach (var pane in lane.Outbox.ConversionPanes)
        {
            _ = pane.Final ? lane.Counters.PanesFinal++ : lane.Counters.PanesProvisional++;
        }
    }
}
