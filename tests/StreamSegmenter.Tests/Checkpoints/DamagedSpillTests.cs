using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Tests.Checkpoints;

/// <summary>Rows 3, 4 and 5 of the fault matrix, for the file into which the store spills while it runs.</summary>
public sealed class DamagedSpillTests : IDisposable
{
    private const int PageBytes = 1 << 20;
    private const int Keys = 8000;

    /// <summary>Of the 12 MB that the keys take, what has left the 4 MiB of memory for certain.</summary>
    private const long BytesOnDiskOnly = 7 << 20;
    private readonly string _directory = Directory.CreateTempSubdirectory("damaged-spill-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_flipped_bit_anywhere_in_the_file_is_never_served_and_never_taken_for_a_missing_key()
    {
        var random = new Random(1);
        for (var round = 0; round < 8; round++)
        {
            using var store = Filled(new BadDisk());
            var path = Path.Combine(_directory, "customers.log.0");
            using (var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
            {
                file.Position = random.NextInt64(64, BytesOnDiskOnly);
                var there = file.ReadByte();
                file.Position--;
                file.WriteByte((byte)(there ^ (1 << random.Next(8))));
            }

            Assert.Throws<StateDamagedException>(() => ReadAll(store));
            Assert.True(store.IsDamaged);
        }
    }

    [Theory]
    [InlineData("a bit")]
    [InlineData("zeroes")]
    [InlineData("old data")]
    public void What_is_damaged_between_writing_and_reading_is_noticed_by_reads_scans_and_sweeps(string how)
    {
        foreach (var use in (Action<CustomerStore>[])[ReadAll, Scan, Sweep])
        {
            var disk = new BadDisk
            {
                DamagedRead = 3,
                Damage = how switch
                {
                    "a bit" => bytes => bytes[77] ^= 1,
                    "zeroes" => bytes => bytes.AsSpan(0, 4096).Clear(),
                    _ => bytes => new Random(5).NextBytes(bytes.AsSpan(0, 4096)),
                },
            };
            using var store = Filled(disk);
            Assert.Throws<StateDamagedException>(() => use(store));
            Assert.True(disk.Reads >= 3);
        }
    }

    /// <summary>FASTER reads of a stranger that shares a place in the index as much as of the record before: of the last record of a file
    /// more than there is.</summary>
    [Fact]
    public void A_read_that_reaches_beyond_the_end_of_a_file_is_no_damage()
    {
        using var store = new CustomerStore(_directory, 0);
        const int Many = 40_000;
        for (var i = 0; i < Many; i++)
        {
            store.Upsert(KeptShard.Key(i), KeptShard.Value(i, i % 17 == 0 ? 9000 : 20 + (i % 200)));
        }

        for (var i = 0; i < Many; i++)
        {
            Assert.True(store.TryRead(KeptShard.Key(i), out var value) && value.SequenceEqual(KeptShard.Value(i, i % 17 == 0 ? 9000 : 20 + (i % 200))));
        }
    }

    [Fact]
    public void A_read_that_fails_once_is_tried_again()
    {
        using var store = Filled(new BadDisk { FailingReads = (5, 1) });
        ReadAll(store);
        Assert.False(store.IsDamaged);
    }

    [Fact]
    public void A_read_that_keeps_failing_is_damage_and_so_is_a_file_that_became_shorter()
    {
        using (var store = Filled(new BadDisk { FailingReads = (5, int.MaxValue) }))
        {
            var e = Assert.Throws<StateDamagedException>(() => ReadAll(store));
            Assert.Contains("Input/output error", e.Message);
        }

        using var other = Filled(new BadDisk { ShortRead = 9 });
        Assert.Contains("ends at byte", Assert.Throws<StateDamagedException>(() => ReadAll(other)).Message);
    }

    [Fact]
    public async Task A_full_disk_holds_the_store_up_and_lets_it_go_on_when_there_is_room_again()
    {
        var disk = new BadDisk { IsFull = true };
        var said = new System.Collections.Concurrent.ConcurrentQueue<string?>();
        using var store = new CustomerStore(_directory, 8 << 20, disk.Create, said.Enqueue);
        var filling = Task.Run(() => Fill(store));

        while (said.IsEmpty)
        {
            await Task.Delay(10);
        }

        Assert.NotSame(filling, await Task.WhenAny(filling, Task.Delay(300)));
        Assert.Contains("No space left on device", said.First());
        disk.IsFull = false;
        await filling;

        ReadAll(store);
        while (said.Last() is not null)
        {
            await Task.Delay(10);
        }
    }

    [Fact]
    public void A_store_on_a_full_disk_can_be_closed()
    {
        var disk = new BadDisk();
        var store = Filled(disk);
        disk.IsFull = true;

        // One page more: its write fails for ever.
        var key = Keys;
        for (long written = 0; written < PageBytes; written += LogCompaction.RecordBytes(7, 1500))
        {
            store.Upsert(KeptShard.Key(key++), new byte[1500]);
        }

        store.Dispose();
        Assert.Empty(Directory.GetFiles(_directory));
    }

    private CustomerStore Filled(BadDisk disk)
    {
        var store = new CustomerStore(_directory, 8 << 20, disk.Create);
        Fill(store);
        return store;
    }

    private static void Fill(CustomerStore store)
    {
        for (var i = 0; i < Keys; i++)
        {
            store.Upsert(KeptShard.Key(i), KeptShard.Value(i, 1500));
        }
    }

    private static void ReadAll(CustomerStore store)
    {
        for (var i = 0; i < Keys; i++)
        {
            Assert.True(store.TryRead(KeptShard.Key(i), out var value), $"{i} is missing");
            Assert.True(value.SequenceEqual(KeptShard.Value(i, 1500)), $"{i} is wrong");
        }
    }

    private static void Scan(CustomerStore store) => store.Scan((key, value) =>
        Assert.True(value.SequenceEqual(KeptShard.Value(BitConverter.ToInt32(value), 1500)), "a wrong value"));

    private static void Sweep(CustomerStore store)
    {
        using var sweep = store.BeginSweep();
        while (sweep.MoveNext())
        {
            Assert.True(sweep.Value.SequenceEqual(KeptShard.Value(BitConverter.ToInt32(sweep.Value), 1500)), "a wrong value");
        }
    }
}
