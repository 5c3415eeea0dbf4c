using System.Numerics;

namespace StreamSegmenter.Engine.State;

/// <summary>How a store of so much memory is laid out; all powers of two.</summary>
/// <param name="IndexBytes">Of the hash index.</param>
/// <param name="PageBytes">What is written to disk at once; the longest record fits into it.</param>
/// <param name="LogMemoryBytes">Of the log, what is in memory.</param>
/// <param name="SegmentBytes">Of a file: what can be given back to the disk at once.</param>
internal sealed record StoreShape(long IndexBytes, long PageBytes, long LogMemoryBytes, long SegmentBytes)
{
    private const long MemoryBytesMin = 1 << 19;
    private const long PageBytesMax = 1 << 20;
    private const long SegmentBytesMax = 1 << 26;

    /// <summary>A file has at least so many pages: a few hundred files for what is a lot of state for its memory.</summary>
    private const int PagesPerSegmentMin = 16;

    /// <param name="memoryBytes">Memory of log and index together.</param>
    public static StoreShape Of(long memoryBytes)
    {
        memoryBytes = Math.Max(memoryBytes, MemoryBytesMin);
        var pageBytes = Math.Min(PageBytesMax, PowerOfTwoAtMost(memoryBytes / 8));
        var logBytes = PowerOfTwoAtMost(memoryBytes * 7 / 8);
        return new StoreShape(
            PowerOfTwoAtMost(memoryBytes / 8), pageBytes, logBytes, Math.Clamp(logBytes, pageBytes * PagesPerSegmentMin, SegmentBytesMax));
    }

    private static long PowerOfTwoAtMost(long bytes) => 1L << BitOperations.Log2((ulong)bytes);
}
