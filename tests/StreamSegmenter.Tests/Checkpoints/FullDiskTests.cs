using StreamSegmenter.Engine.Shards;

namespace StreamSegmenter.Tests.Checkpoints;

/// <summary>Row 4 of the fault matrix, on a real file system of 24 MiB that is really full.</summary>
public sealed class FullDiskTests : IDisposable
{
    // First: where nothing can be mounted, the test is skipped here.
    private readonly SmallDisk _mounted = new();
    private readonly KeptShard _kept = new();

    private string Disk => _mounted.Path;

    public void Dispose()
    {
        _kept.Dispose();
        _mounted.Dispose();
    }

    [Fact]
    public void A_checkpoint_on_a_full_disk_fails_keeps_the_old_one_and_succeeds_when_there_is_room()
    {
        using (var shard = _kept.Restore(Disk))
        {
            Grow(shard, 0, 2000);
            _kept.Checkpoint(shard);
            Assert.Empty(_kept.Reports);

            var ballast = FillUp(leaving: 1 << 20);
            _kept.Commit(shard, (1, [1]));
            _kept.Checkpoint(shard);
            Assert.Contains("No space left on device", Assert.Single(_kept.Reports));
            Assert.Contains("No space left on device", _kept.NotReady);
            Assert.Equal(1, shard.Gauges.CheckpointBytes > 0 ? _kept.Counters.CheckpointsFailed : 0);
            Assert.Single(Directory.GetFiles(_kept.Location(Disk), "*.manifest"));
            Assert.Single(Directory.GetFiles(_kept.Location(Disk), "*.checkpoint"));

            File.Delete(ballast);
            _kept.Commit(shard, (2, [2]));
            _kept.Checkpoint(shard);
            Assert.Single(_kept.Reports);
            Assert.True(_kept.IsReady);
            _kept.Commit(shard, (3, null));
        }

        using var restored = _kept.Restore(Disk);
        Assert.True(_kept.Lines.RestoredFrom > 0);
        Assert.Equal(_kept.Truth(), KeptShard.StateOf(restored));
    }

    [Fact]
    public async Task A_store_that_cannot_spill_is_not_ready_reports_why_and_recovers()
    {
        using var shard = _kept.Restore(Disk);
        Grow(shard, 0, 500);
        var ballast = FillUp(leaving: 1 << 20);
        var growing = Task.Run(() => Grow(shard, 500, 6000));
        while (_kept.IsReady)
        {
            await Task.Delay(5);
        }

        Assert.Contains("the state of partition 0", _kept.NotReady);
        Assert.Contains("No space left on device", _kept.NotReady);
        Assert.NotSame(growing, await Task.WhenAny(growing, Task.Delay(300)));

        File.Delete(ballast);
        await growing;
        Assert.Equal(_kept.Truth(), KeptShard.StateOf(shard));
        while (!_kept.IsReady)
        {
            await Task.Delay(5);
        }
    }

    private void Grow(Shard shard, int from, int until)
    {
        for (var id = from; id < until; id += 100)
        {
            _kept.Commit(shard, [.. Enumerable.Range(id, 100).Select(i => (i, (byte[]?)KeptShard.Value(i, 2000)))]);
        }
    }

    private string FillUp(long leaving)
    {
        var path = Path.Combine(Disk, "ballast");
        using var ballast = File.Create(path);
        var bytes = new byte[4096];
        try
        {
            while (new DriveInfo(Disk).AvailableFreeSpace > leaving)
            {
                ballast.Write(bytes);
                ballast.Flush();
            }
        }
        catch (IOException)
        {
            // Full to the brim.
        }

        return path;
    }
}
