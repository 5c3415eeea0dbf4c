using StreamSegmenter.Engine.Checkpoints;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Shards;

namespace StreamSegmenter.Engine.Lanes;

/// <summary>Gives the work on the stores of a lane's shards its turns: between two polls one slice, of one shard's checkpoint or of one
/// shard's compaction, and where both have something to do, in turn. One checkpoint at a time, the one most overdue
/// first; and one compaction at a time. A shard has but one of the two: its log does not move under a checkpoint, and while it
/// moves no checkpoint begins, so that neither holds the other up for good.</summary>
internal sealed class StoreMaintenance(LaneContext lane, ILaneSink sink)
{
    private bool _wasCheckpoint;

    /// <exception cref="State.StateDamagedException">A shard's store cannot be read.</exception>
    public void Take()
    {
        Shard? running = null;
        Shard? next = null;
        Shard? compacted = null;
        foreach (var shard in lane.Shards.Values)
        {
            var compaction = shard.Store.Compaction;
            shard.Gauges.SpillBytes = shard.Store.DiskBytes;
            if (compaction.IsDue && compacted?.Store.Compaction.IsRunning is not true)
            {
                compacted = shard;
            }

            if (shard.Checkpoints is not { } checkpoints)
            {
                continue;
            }

            if (checkpoints.IsRunning)
            {
                running = shard;
            }
            else if (!compaction.IsRunning && (next is null || checkpoints.DueMs < next.Checkpoints!.DueMs))
            {
                next = shard;
            }
        }

        _wasCheckpoint = (compacted is null || !_wasCheckpoint) && TryCheckpoint(running, next);
        if (!_wasCheckpoint && compacted is not null)
        {
            Compact(compacted);
        }
    }

    /// <returns>False: there was nothing to do.</returns>
    private bool TryCheckpoint(Shard? running, Shard? next)
    {
        if (running?.Checkpoints is { } checkpoints)
        {
            checkpoints.Turn();
            return true;
        }

        if (next?.Checkpoints is not { } due || due.DueMs > lane.NowMs())
        {
            return false;
        }

        // Between two commits the store is exactly what the changelog says up to the position.
        var record = next.CommittedRecord?.Encode() ?? [];
        due.Start(new CheckpointSource(next.Store, record.Length == 0 ? 0 : sink.ChangelogPosition(next.Partition), record));
        return true;
    }

    private void Compact(Shard shard)
    {
        var compaction = shard.Store.Compaction;
        lane.Counters.SpillBytesFreed += compaction.Turn();
        if (!compaction.IsRunning)
        {
            lane.Counters.Compactions++;
        }
    }
}
