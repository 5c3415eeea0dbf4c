using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Testing.Model;

/// <summary>What a log cleaner does to a changelog, at whatever moment: below some offset only the newest line of each key
/// stays, and tombstones go once they are old. Above it, where Kafka's active segment is, everything stays.</summary>
internal static class Compaction
{
    /// <param name="share">How far up it cleans, 0 to 1.</param>
    /// <param name="tombstonesBeforeMs">Tombstones written before this vanish.</param>
    /// <param name="lagsBehindCommits">True: what stands behind the last complete commit is not looked at, as
    /// <c>min.compaction.lag.ms</c> has it. Without transactions the unfinished lines there would take away those that count.</param>
    public static void Run(PartitionLog<ChangelogLine> log, double share, long tombstonesBeforeMs, bool lagsBehindCommits)
    {
        var limit = lagsBehindCommits ? LastMark(log) + 1 : log.LastStable;
        var below = (long)(limit * Math.Min(share, 1));
        var newest = new Dictionary<string, long>();
        foreach (var (offset, line) in log.ReadCommitted())
        {
            if (offset < below)
            {
                newest[Convert.ToHexString(line.Key)] = offset;
            }
        }

        log.Clean(below, (offset, line) => newest[Convert.ToHexString(line.Key)] > offset
            || (line.Value.Length == 0 && line.WrittenAtMs < tombstonesBeforeMs));
    }

    /// <summary>Offset of the last line that ends a commit; -1: there is none.</summary>
    public static long LastMark(PartitionLog<ChangelogLine> log)
    {
        var last = -1L;
        foreach (var (offset, line) in log.ReadCommitted())
        {
            last = line.Key.AsSpan().SequenceEqual(StateKey.ShardKey) ? offset : last;
        }

        return last;
    }
}
