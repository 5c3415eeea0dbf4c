using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Replay;

/// <summary>Finds the events of one input whose time lies ahead of the events around them: a wrong clock, which must not move time for all
/// others. An event is ahead when the median of those before it and the median of those behind it in the file both lie further back than
/// the skew. A file in order has none: what follows in it is never earlier. Where fewer than three events follow, only years beyond the latest event count.</summary>
/// <param name="skewMs">How far ahead is too far; at least a day, since files have gaps that clocks have not.</param>
internal sealed class WrongClock(long skewMs)
{
    private const int NeighboursMax = 32;
    private const int FollowersMin = 3;
    private const long DayMs = 86_400_000;
    private const long YearsMs = 5 * 366 * DayMs;

    private readonly long _skewMs = Math.Max(skewMs, DayMs);
    private readonly long[] _before = new long[NeighboursMax];
    private readonly long[] _sorted = new long[NeighboursMax];
    private int _seen;
    private long _maxMs = long.MinValue;

    /// <summary>Whether the event is too far ahead; call it for each event in the file's order.</summary>
    public bool IsAhead(ReadOnlySpan<StorefrontEvent> events, int index)
    {
        var timeMs = events[index].EventTimeMs;
        if ((_seen == 0 || timeMs - _maxMs > _skewMs) && IsFarFromOthers(events, index))
        {
            return true;
        }

        _before[_seen++ % NeighboursMax] = timeMs;
        _maxMs = Math.Max(_maxMs, timeMs);
        return false;
    }

    public static string Reason(long timeMs) =>
        $"event_time {DateTimeOffset.FromUnixTimeMilliseconds(timeMs):yyyy-MM-dd'T'HH:mm:ss'Z'} lies ahead of the events around it by more than "
        + "engine.maxClockSkew (and a day); correct the producer's clock or unit of time, or set sort: event_time if the file is not sorted by time";

    private bool IsFarFromOthers(ReadOnlySpan<StorefrontEvent> events, int index)
    {
        var timeMs = events[index].EventTimeMs;
        var before = Math.Min(_seen, NeighboursMax);
        _before.AsSpan(0, before).CopyTo(_sorted);
        var aheadOfBefore = before == 0 ? long.MaxValue : timeMs - Median(before);
        var followers = Math.Min(events.Length - index - 1, NeighboursMax);
        for (var i = 0; i < followers; i++)
        {
            _sorted[i] = events[index + 1 + i].EventTimeMs;
        }

        var aheadOfAfter = followers == 0 ? long.MaxValue : timeMs - Median(followers);
        if (followers >= FollowersMin)
        {
            return aheadOfBefore > _skewMs && aheadOfAfter > _skewMs;
        }

        // Too few followers to outvote it: the latest event so far is the measure, or a file that ends behind a gap would lose its end.
        var aheadOfLatest = before == 0 ? long.MaxValue : timeMs - _maxMs;
        return before + followers > 0 && aheadOfLatest > YearsMs && aheadOfAfter > YearsMs;
    }

    private long Median(int count)
    {
        var times = _sorted.AsSpan(0, count);
        times.Sort();
        return times[count / 2];
    }
}
