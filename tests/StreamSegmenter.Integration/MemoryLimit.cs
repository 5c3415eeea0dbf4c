using System.Diagnostics;
using System.Globalization;

namespace StreamSegmenter.Integration;

/// <summary>A control group of Linux, as containers have one: its processes get no more memory than that, and whoever needs more is
/// killed by the system.</summary>
internal sealed class MemoryLimit : IDisposable
{
    private const string First = "/sys/fs/cgroup/memory";
    private const string Second = "/sys/fs/cgroup";
    // Why there is no such thing here; null: there is.
    private static readonly string? Missing = Try();
    private readonly string _group;

    public MemoryLimit(long bytes)
    {
        var (root, limit) = Directory.Exists(First) ? (First, "memory.limit_in_bytes") : (Second, "memory.max");
        _group = Path.Combine(root, "streamsegmenter-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(_group);
        File.WriteAllText(Path.Combine(_group, limit), bytes.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Skips the running test where memory cannot be limited.</summary>
    public static void Require() => Assert.SkipWhen(Missing is not null, Missing ?? "");

    /// <summary>The most that was used at once.</summary>
    public long PeakBytes => long.Parse(
        File.ReadAllText(Path.Combine(_group, _group.StartsWith(First, StringComparison.Ordinal) ? "memory.max_usage_in_bytes" : "memory.peak")),
        CultureInfo.InvariantCulture);

    /// <summary>Lets a process that is about to start begin in the group: the runtime asks for its limit before anything else.</summary>
    public void Hold(ProcessStartInfo start)
    {
        string[] command = ["-c", "echo $$ > \"$0/cgroup.procs\" && exec \"$@\"", _group, start.FileName, .. start.ArgumentList];
        start.FileName = "/bin/sh";
        start.ArgumentList.Clear();
        foreach (var argument in command)
        {
            start.ArgumentList.Add(argument);
        }
    }

    // Its processes have ended, but the system may take a moment to know.
    public void Dispose() => Chaos.Waiting.Until(TryRemove, TimeSpan.FromSeconds(5));

    private bool TryRemove()
    {
        try
        {
            Directory.Delete(_group);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string? Try()
    {
        try
        {
            using var limit = new MemoryLimit(1 << 30);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "needs a control group with a memory limit, which only root may make on Linux: " + e.Message;
        }
    }
}
