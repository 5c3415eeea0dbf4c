using StreamSegmenter.Engine.Checkpoints;

namespace StreamSegmenter.Engine.Lanes;

/// <summary>Gives the checkpoints of a lane's shards their turns: one shard's at a time, the one most overdue first, a slice
/// between two polls.</summary>
internal sealed class CheckpointTurns(LaneContext lane, ILaneSink sink)
{
    /// <exception cref="State.StateDamagedException">A shard's store cannot be read.</exception>
    public void Take()
    {
        Shard? next = null;
        foreach (var shard in lane.Shards.Values)
        {
            if (shard.Checkpoints is not { } checkpoints)
            {
                continue;
            }

            shard.Gauges.SpillBytes = shard.Store.DiskBytes;
            if (checkpoints.IsRunning)
            {
                checkpoints.Turn();
                return;
            }

            next = next is null || checkpoints.DueMs < next.Checkpoints!.DueMs ? shard : next;
        }

        if (next?.Checkpoints is { } due && due.DueMs <= lane.NowMs())
        {
            // Between two commits the store is exactly what the changelog says up to the position.
            var record = next.CommittedRecord?.Encode() ?? [];
            due.Start(new CheckpointSource(next.Store, record.Length == 0 ? 0 : sink.ChangelogPosition(next.Partition), record));
        }
    }
}
