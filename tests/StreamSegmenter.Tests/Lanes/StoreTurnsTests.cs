using StreamSegmenter.Engine.Lanes;
using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Tests.Checkpoints;

namespace StreamSegmenter.Tests.Lanes;

/// <summary>Between its polls a lane works on its stores: one slice at a time, and nothing waits for good.</summary>
public sealed class StoreTurnsTests
{
    private const int Keys = 3000;
    private int _version;

    [Fact]
    public void Where_state_is_only_spilled_the_log_is_compacted_all_the_same_and_that_is_counted()
    {
        using var kept = new KeptShard { IntervalMs = null };
        using var shard = kept.Restore();
        var turns = new StoreMaintenance(kept.Lane, kept.Lines);
        var most = 0L;
        for (var commit = 0; commit < 600; commit++)
        {
            Update(kept, shard, 100);
            turns.Take();
            most = Math.Max(most, shard.Gauges.SpillBytes);
        }

        turns.Take();
        Assert.Equal(shard.Store.DiskBytes, shard.Gauges.SpillBytes);
        Assert.True(kept.Counters.Compactions > 3, $"{kept.Counters.Compactions} compactions");
        Assert.True(kept.Counters.SpillBytesFreed > 20 << 20, $"{kept.Counters.SpillBytesFreed} bytes freed");
        Assert.True(most < 25 << 20, $"{most} bytes on disk");
        Assert.Equal(kept.Truth(), KeptShard.StateOf(shard));
    }

    [Fact]
    public void A_checkpoint_that_is_always_due_and_a_compaction_that_is_always_due_both_get_their_turns()
    {
        using var kept = new KeptShard { IntervalMs = 1 };
        using (var shard = kept.Restore())
        {
            var turns = new StoreMaintenance(kept.Lane, kept.Lines);
            for (var commit = 0; commit < 1000; commit++)
            {
                Update(kept, shard, 100);
                kept.Time.Advance(TimeSpan.FromSeconds(1));
                turns.Take();
                Assert.False(shard.Store.IsSwept && shard.Store.Compaction.IsDue);
            }

            Assert.True(kept.Counters.Compactions > 3, $"{kept.Counters.Compactions} compactions");
            Assert.True(kept.Counters.CheckpointsWritten > 3, $"{kept.Counters.CheckpointsWritten} checkpoints");
            Assert.Empty(kept.Reports);
        }

        using var restored = kept.Restore();
        Assert.True(kept.Lines.RestoredFrom > 0);
        Assert.Equal(kept.Truth(), KeptShard.StateOf(restored));
    }

    [Fact]
    public void A_turn_of_a_lane_that_has_nothing_to_do_allocates_next_to_nothing()
    {
        using var kept = new KeptShard { IntervalMs = null };
        using var shard = kept.Restore();
        var turns = new StoreMaintenance(kept.Lane, kept.Lines);
        turns.Take();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            turns.Take();
        }

        // The dictionary's enumerator.
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1000 * 200);
    }

    private void Update(KeptShard kept, Shard shard, int customers)
    {
        var changes = new (int, byte[]?)[customers];
        for (var i = 0; i < customers; i++)
        {
            _version++;
            changes[i] = (_version * 7919 % Keys, KeptShard.Value(_version, 1000));
        }

        kept.Commit(shard, changes);
    }
}
