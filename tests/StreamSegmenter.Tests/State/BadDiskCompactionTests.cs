using StreamSegmenter.Engine.State;
using StreamSegmenter.Tests.Checkpoints;
using static StreamSegmenter.Tests.State.Spilled;

namespace StreamSegmenter.Tests.State;

/// <summary>Rows 3 and 4 of the fault matrix, for a store whose log is being compacted.</summary>
public sealed class BadDiskCompactionTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("log-compaction-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(30)]
    [InlineData(60)]
    public void Damage_that_a_lap_meets_ends_it_before_the_log_begins_behind_it(int read)
    {
        var disk = new BadDisk { DamagedRead = read };
        using var store = new CustomerStore(_directory, 0, disk.Create);
        for (var version = 0; version < 3; version++)
        {
            Fill(store, 0, Keys, version);
        }

        Assert.Equal(0, disk.Reads);
        var e = Assert.Throws<StateDamagedException>((Action)(() => LapsForEver(store)));
        Assert.Contains("not what was written", e.Message);
        Assert.True(store.IsDamaged);
        Assert.Throws<StateDamagedException>((Action)(() => LapsForEver(store)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(333)]
    public void Damage_met_while_the_latest_version_is_looked_up_on_disk_ends_that_turn(int read)
    {
        var disk = new BadDisk { DamagedRead = read, CountedBytesMax = 32 * 1024 };
        using var store = new CustomerStore(_directory, 0, disk.Create);
        for (var version = 0; version < 3; version++)
        {
            Fill(store, 0, Keys, version);
        }

        Assert.Throws<StateDamagedException>((Action)(() =>
        {
            while (true)
            {
                store.Compaction.Turn();
                Assert.False(store.IsDamaged);
            }
        }));
    }

    [Fact]
    public async Task A_full_disk_holds_a_lap_up_and_lets_it_go_on_when_there_is_room_again()
    {
        var disk = new BadDisk();
        var said = new System.Collections.Concurrent.ConcurrentQueue<string?>();
        using var store = new CustomerStore(_directory, 0, disk.Create, said.Enqueue);
        Fill(store, 0, Keys, 0);
        Fill(store, 0, Keys, 1);
        disk.IsFull = true;
        var lap = Task.Run(() => Lap(store));
        while (said.IsEmpty)
        {
            await Task.Delay(10);
        }

        Assert.Contains("No space left on device", said.First());
        Assert.NotSame(lap, await Task.WhenAny(lap, Task.Delay(300)));

        disk.IsFull = false;
        await lap;
        AssertHolds(store, Versions(1));
    }
}
