namespace StreamSegmenter.Engine.Exchange;

/// <summary>How much event time the slowest shard covers within a span of processing time. In live traffic that is about the span itself; while
/// all catch up it is far more than any alignment, and to keep in step by less than that would cost a commit of every shard for each step.</summary>
/// <param name="spanMs">Processing time over which it is measured; 0: it is not, and the pace is 0.</param>
internal sealed class CatchUpPace(long spanMs)
{
    private long _fromMs = long.MinValue;
    private long _fromAtMs;

    /// <summary>Event time per span, as of the last span that was measured whole.</summary>
    public long Ms { get; private set; }

    /// <param name="slowestMs">Event time of the slowest shard.</param>
    /// <param name="nowMs">Processing time.</param>
    public void Note(long slowestMs, long nowMs)
    {
        if (_fromMs == long.MinValue || nowMs < _fromAtMs || slowestMs < _fromMs)
        {
            (_fromMs, _fromAtMs) = (slowestMs, nowMs);
        }
        else if (spanMs > 0 && nowMs - _fromAtMs is var tookMs && tookMs >= spanMs)
        {
            Ms = (long)((double)(slowestMs - _fromMs) / tookMs * spanMs);
            (_fromMs, _fromAtMs) = (slowestMs, nowMs);
        }
    }
}
