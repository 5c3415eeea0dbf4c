using System.Runtime.InteropServices;

namespace StreamSegmenter.Perf.Checkpoints;

/// <summary>CPU time of the calling thread: on a busy machine what it did itself, without the time in which others had the core. Linux only.</summary>
internal static partial class ThreadCpu
{
    private const int ThreadClock = 3;

    public static double Milliseconds() =>
        GetTime(ThreadClock, out var time) == 0 ? (time.Seconds * 1e3) + (time.Nanoseconds / 1e6) : 0;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
