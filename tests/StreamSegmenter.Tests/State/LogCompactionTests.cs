using System.Diagnostics;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Tests.Checkpoints;
using static StreamSegmenter.Tests.State.Spilled;

namespace StreamSegmenter.Tests.State;

/// <summary>The files into which a store spills are rid of what is superseded, while the store is in use.</summary>
public sealed class LogCompactionTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("log-compaction-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Files_that_hold_nothing_but_older_versions_go_away_and_every_key_keeps_its_value()
    {
        using var store = Updated(_directory, times: 4);
        AwaitFiles(store);
        var before = store.DiskBytes;

        var freed = Lap(store);

        Assert.True(store.DiskBytes < before / 2, $"{before} bytes became {store.DiskBytes}");
        Assert.True(freed > before / 2);
        AwaitFiles(store);
        AssertHolds(store, Versions(3));
    }

    [Fact]
    public void A_store_that_has_nothing_stale_keeps_it_all_and_grows_no_further_by_being_walked_again()
    {
        using var store = Updated(_directory, times: 1);
        Lap(store);
        var after = store.DiskBytes;
        for (var lap = 0; lap < 5; lap++)
        {
            Lap(store);
        }

        Assert.InRange(store.DiskBytes, after / 2, after + (2 << 20));
        AssertHolds(store, Versions(0));
    }

    [Fact]
    public void It_begins_when_the_log_is_twice_what_is_live_and_not_before()
    {
        using var store = Updated(_directory, times: 1);
        Lap(store);
        Assert.InRange(store.Compaction.LiveBytes, Keys * Length * 8 / 10, Keys * Length * 12 / 10);
        Assert.False(store.Compaction.IsDue);

        var written = 0L;
        for (var i = 0; !store.Compaction.IsDue; i++)
        {
            store.Upsert(KeptShard.Key(i % Keys), KeptShard.Value(i, Length));
            written += Length;
        }

        Assert.InRange(written, Keys * Length, 3 * Keys * Length);
    }

    [Fact]
    public void A_scan_measures_the_live_bytes_so_that_a_restored_store_is_not_compacted_for_nothing()
    {
        using var store = Updated(_directory, times: 2);
        Assert.True(store.Compaction.IsDue);
        store.Scan((_, _) => { });

        Assert.InRange(store.Compaction.LiveBytes, Keys * (StoredValue.LengthOf(Length) + 8), Keys * (StoredValue.LengthOf(Length) + 40));
        Assert.False(store.Compaction.IsDue);
    }

    [Fact]
    public void Deleted_keys_stay_deleted_although_the_deletion_itself_is_dropped()
    {
        using var store = Updated(_directory, times: 3);
        for (var i = 0; i < Keys; i += 2)
        {
            store.Delete(KeptShard.Key(i));
        }

        // So that the deletions come to lie on disk.
        Fill(store, Keys, Keys * 2, 7);
        Lap(store);
        Lap(store);

        AssertHolds(store, Enumerable.Range(0, Keys * 2).Where(i => i >= Keys || i % 2 == 1).ToDictionary(i => i, i => i < Keys ? 2 : 7));
        using var sweep = store.BeginSweep();
        while (sweep.MoveNext())
        {
            Assert.False(sweep.IsDeleted);
        }
    }

    [Fact]
    public void A_record_is_kept_although_another_key_precedes_it_in_the_index()
    {
        var pairs = Strangers.Pairs(1500);
        using var store = new CustomerStore(_directory, 0);
        foreach (var second in (int[])[0, 1])
        {
            for (var i = second; i < pairs.Length; i += 2)
            {
                store.Upsert(pairs[i], Value(i, 0));
            }
        }

        // So that all of them lie on disk.
        Fill(store, 0, 1000, 0);
        Lap(store);
        for (var i = 0; i < pairs.Length; i++)
        {
            Assert.True(store.TryRead(pairs[i], out var value), $"{i} is gone");
            Assert.True(value.SequenceEqual(Value(i, 0)));
        }
    }

    [Fact]
    public void Records_known_to_be_superseded_are_not_read_from_disk()
    {
        var disk = new BadDisk();
        using var store = new CustomerStore(_directory, 0, disk.Create);
        Fill(store, 0, Keys, 0);
        var reader = new Places(store);
        for (var i = 0; i < Keys; i++)
        {
            store.BeginRead(KeptShard.Key(i), i, reader);
        }

        store.CompleteReads();
        for (var i = 0; i < Keys; i++)
        {
            store.Upsert(KeptShard.Key(i), Value(i, 1), reader.FoundAt[i]);
        }

        var before = disk.Reads;
        Lap(store);

        // Pages of the walk alone.
        Assert.InRange(disk.Reads - before, 1, 300);
        AssertHolds(store, Versions(1));
    }

    [Fact]
    public void A_record_that_is_overwritten_where_it_lies_is_not_taken_for_superseded()
    {
        using var store = new CustomerStore(_directory, 0);
        var reader = new Places(store);
        for (var round = 0; round < 3; round++)
        {
            // In memory, all of it.
            for (var i = 0; i < 100; i++)
            {
                store.BeginRead(KeptShard.Key(i), i, reader);
                store.Upsert(KeptShard.Key(i), Value(i, round), reader.FoundAt.GetValueOrDefault(i));
            }
        }

        Fill(store, 100, Keys, 2);
        Lap(store);
        AssertHolds(store, Versions(2));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Files_stay_in_bounds_however_often_everything_is_updated(bool compacted)
    {
        const int Rounds = 20;
        const int Batch = 100;
        using var store = new CustomerStore(_directory, 0);
        var reader = new Places(store);
        Fill(store, 0, Keys, 0);
        long most = 0;
        var expected = Versions(0);
        var random = new Random(3);
        for (var version = 0; version < Rounds * Keys; version += Batch)
        {
            var ids = Enumerable.Range(0, Batch).Select(_ => random.Next(Keys)).ToArray();
            Array.ForEach(ids, id => store.BeginRead(KeptShard.Key(id), id, reader));
            store.CompleteReads();
            foreach (var id in ids)
            {
                expected[id] = version;
                store.Upsert(KeptShard.Key(id), Value(id, version), reader.FoundAt[id]);
            }

            if (compacted && store.Compaction.IsDue)
            {
                store.Compaction.Turn();
            }

            most = Math.Max(most, store.DiskBytes);
        }

        var live = Keys * LogCompaction.RecordBytes(7, Length);
        var bound = (long)(2.5 * (live + (1 << 20)));
        Assert.True(compacted ? most < bound : most > 5 * bound, $"{most} bytes on disk, {live} live, {bound} allowed");
        AssertHolds(store, expected);
    }

    private long BytesOfFiles() => new DirectoryInfo(_directory).GetFiles().Sum(file => file.Length);

    private void AwaitFiles(CustomerStore store)
    {
        // Written and deleted beside this thread: between two looks there may be a page more.
        var started = Stopwatch.GetTimestamp();
        while (BytesOfFiles() != store.DiskBytes)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10), $"{store.DiskBytes} bytes are told of, {BytesOfFiles()} are there");
            Thread.Sleep(5);
        }
    }

    private sealed class Places(CustomerStore store) : IStateReader
    {
        public Dictionary<int, long> FoundAt { get; } = [];

        public void OnValue(int token, ReadOnlySpan<byte> value) => FoundAt[token] = store.FoundAt;
    }
}
