using System.ComponentModel;
using System.Diagnostics;

namespace StreamSegmenter.Tests.Checkpoints;

/// <summary>A file system of 24 MiB in memory, which can really be full. Skips the running test where it cannot be mounted.</summary>
internal sealed class SmallDisk : IDisposable
{
    public SmallDisk()
    {
        var refusal = Mount();
        if (refusal is not null)
        {
            Directory.Delete(Path);
        }

        Assert.SkipWhen(refusal is not null, refusal ?? "");
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("full-disk-").FullName;

    public void Dispose()
    {
        Assert.Equal(0, Run("umount", Path));
        Directory.Delete(Path);
    }

    // Null: it is mounted.
    private string? Mount()
    {
        try
        {
            return OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", Path) == 0
                ? null
                : "needs to mount a small tmpfs, which only root may do on Linux";
        }
        catch (Win32Exception e)
        {
            return "needs to mount a small tmpfs: " + e.Message;
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
