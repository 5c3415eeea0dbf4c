using StreamSegmenter.Tests.Checkpoints;
using static StreamSegmenter.Tests.State.Spilled;

namespace StreamSegmenter.Tests.State;

/// <summary>What happens to a store between two slices of its compaction.</summary>
public sealed class LogCompactionInUseTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("log-compaction-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void An_update_between_two_slices_wins()
    {
        using var store = Updated(_directory, times: 2);
        var expected = Versions(1);
        var version = 100;
        do
        {
            // Some that were copied already, some that will be, some that are being copied.
            for (var i = version % 17; i < Keys; i += 17)
            {
                expected[i] = version;
                store.Upsert(KeptShard.Key(i), Value(i, version));
            }

            version++;
            store.Compaction.Turn();
        }
        while (store.Compaction.IsRunning);

        Assert.True(version > 105);
        AssertHolds(store, expected);
        Lap(store);
        AssertHolds(store, expected);
    }

    [Fact]
    public void A_delete_between_two_slices_wins()
    {
        using var store = Updated(_directory, times: 2);
        var expected = Versions(1);
        var turn = 0;
        do
        {
            for (var i = turn++ % 301; i < Keys; i += 301)
            {
                expected.Remove(i);
                store.Delete(KeptShard.Key(i));
            }

            store.Compaction.Turn();
        }
        while (store.Compaction.IsRunning);

        Assert.InRange(expected.Count, 1, Keys - 1);
        AssertHolds(store, expected);
        Lap(store);
        AssertHolds(store, expected);
    }

    [Fact]
    public void While_a_sweep_reads_the_log_nothing_moves()
    {
        using var store = Updated(_directory, times: 3);
        store.Compaction.Turn();
        Assert.True(store.Compaction.IsRunning);
        using (var sweep = store.BeginSweep())
        {
            Assert.False(store.Compaction.IsDue);
            Assert.Throws<InvalidOperationException>((Action)(() => LapsForEver(store)));
            var found = new Dictionary<string, byte[]>();
            while (sweep.MoveNext())
            {
                found[Convert.ToHexString(sweep.Key)] = sweep.Value.ToArray();
            }

            Assert.Equal(Keys, found.Count);
            Assert.All(Enumerable.Range(0, Keys), i => Assert.Equal(Value(i, 2), found[Convert.ToHexString(KeptShard.Key(i))]));
        }

        Assert.True(store.Compaction.IsDue);
        Lap(store);
        AssertHolds(store, Versions(2));
    }

    [Fact]
    public void A_store_can_be_closed_in_the_middle_of_a_lap()
    {
        var store = Updated(_directory, times: 3);
        store.Compaction.Turn();
        store.Compaction.Turn();
        Assert.True(store.Compaction.IsRunning);
        store.Dispose();

        Assert.Empty(Directory.GetFiles(_directory));
    }
}
