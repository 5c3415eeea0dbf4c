using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Outputs;
using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Engine.Lanes;

/// <summary>Repairs the changelog after an interrupted commit, before anything else is committed: rewrites the committed value of every
/// key that the commit touched, then the shard record. The repair goes alone, without outputs: lines of the interrupted commit may still arrive,
/// the shard's own among them, and complete that commit after all. If the repair failed as well, the state would advance to
/// that commit, and outputs written meanwhile would be older than those of that commit.</summary>
internal sealed class ChangelogRepair(LaneContext lane, ILaneSink sink)
{
    private readonly CommitUnit _unit = new() { Outbox = new Outbox() };

    public bool IsDue
    {
        get
        {
            foreach (var shard in lane.Shards.Values)
            {
                if (shard.Suspects.Count > 0)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Without a transaction some of them may be in the changelog, or still get there.</summary>
    public void Distrust(List<ChangelogRecord> lines)
    {
        foreach (var line in lines)
        {
            lane.Shards[line.Partition].Suspects.Add(line.Key.Span);
        }
    }

    /// <exception cref="StateDamagedException">A store cannot be read.</exception>
    public CommitOutcome Run(CancellationToken cancellation)
    {
        _unit.Changelog.Clear();
        _unit.Offsets.Clear();
        foreach (var shard in lane.Shards.Values.Where(shard => shard.Suspects.Count > 0))
        {
            shard.Suspects.Gather(shard.Partition, shard.Store, _unit.Changelog);
            shard.CommittedRecord ??= shard.DescribeCommitted() with { Group = lane.Options.Group };
            _unit.Changelog.Add(new ChangelogRecord(shard.Partition, StateKey.ShardKey, shard.CommittedRecord.Encode()));
        }

        var outcome = sink.Commit(_unit, cancellation);
        if (outcome.Status == CommitStatus.Committed)
        {
            lane.Counters.ChangelogRecords += _unit.Changelog.Count;
            foreach (var shard in lane.Shards.Values)
            {
                shard.Suspects.Clear();
            }
        }

        return outcome;
    }
}
