using System.Diagnostics;
using StreamSegmenter.Engine.Shards;

namespace StreamSegmenter.Tests.Checkpoints;

/// <summary>Row 4 of the fault matrix, on a real file system of 24 MiB that is really full.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly KeptShard _kept = new();
    private readonly string _disk = Directory.CreateTempSubdirectory("full-disk-").FullName;

    public FullDiskTests()
    {
        if (SmallDiskFactAttribute.Reason is null)
        {
            SmallDiskFactAttribute.Mount(_disk);
        }
    }

    public void Dispose()
    {
        _kept.Dispose();
        if (SmallDiskFactAttribute.Reason is null)
        {
            SmallDiskFactAttribute.Unmount(_disk);
        }

        Directory.Delete(_disk);
    }

    [SmallDiskFact]
    public void A_checkpoint_on_a_full_disk_fails_keeps_the_old_one_and_succeeds_when_there_is_room()
    {
        using (var shard = _kept.Restore(_disk))
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
            Assert.Single(Directory.GetFiles(_kept.Location(_disk), "*.manifest"));
            Assert.Single(Directory.GetFiles(_kept.Location(_disk), "*.checkpoint"));

            File.Delete(ballast);
            _kept.Commit(shard, (2, [2]));
            _kept.Checkpoint(shard);
            Assert.Single(_kept.Reports);
            Assert.True(_kept.IsReady);
            _kept.Commit(shard, (3, null));
        }

        using var restored = _kept.Restore(_disk);
        Assert.True(_kept.Lines.RestoredFrom > 0);
        Assert.Equal(_kept.Truth(), KeptShard.StateOf(restored));
    }

    [SmallDiskFact]
    public async Task A_store_that_cannot_spill_is_not_ready_says_why_and_heals_itself()
    {
        using var shard = _kept.Restore(_disk);
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
        var path = Path.Combine(_disk, "ballast");
        using var ballast = File.Create(path);
        var bytes = new byte[4096];
        try
        {
            while (new DriveInfo(_disk).AvailableFreeSpace > leaving)
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

/// <summary>A test that mounts a small file system; skipped with a clear message where that is not possible.</summary>
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute() => Skip = Reason;

    /// <summary>Why nothing can be mounted; null: it can.</summary>
    public static string? Reason { get; } = Try();

    public static void Mount(string directory) => Assert.Equal(0, Run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", directory));

    public static void Unmount(string directory) => Assert.Equal(0, Run("umount", directory));

    private static string? Try()
    {
        var directory = Directory.CreateTempSubdirectory("mount-").FullName;
        try
        {
            if (OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", directory) == 0)
            {
                Unmount(directory);
                return null;
            }

            return "needs to mount a small tmpfs, which only root may do on Linux";
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return "needs to mount a small tmpfs: " + e.Message;
        }
        finally
        {
            Directory.Delete(directory);
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
