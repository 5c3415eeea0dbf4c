using System.Reactive.Linq;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Shards;

namespace StreamSegmenter.Engine.Pipeline;

internal static class ReleaseInOrderOperator
{
    /// <summary>Splits a poll into one batch for each shard: moves the shard's watermark on and releases what it has passed, in the
    /// order of (event time, input, offset). The result does not depend on how the polls interleaved. A shard's batch runs
    /// through the steps below before the next shard is released.</summary>
    public static IObservable<ShardBatch> ReleaseInOrder(this IObservable<PolledRecords> source, LaneContext lane) =>
        source.SelectMany(polled => Release(polled, lane));

    private static IEnumerable<ShardBatch> Release(PolledRecords polled, LaneContext lane)
    {
        var nowMs = lane.NowMs();
        foreach (var shard in lane.Shards.Values)
        {
            Release(shard, polled.EndOfInputMs, nowMs, lane.ClockMs());
            yield return shard.Batch;
        }
    }

    private static void Release(Shard shard, long? endOfInputMs, long nowMs, long? clockMs)
    {
        shard.Output.Carts.ClockMs = clockMs;
        shard.Watermark.Advance(shard.Progress, nowMs, clockMs);
        if (endOfInputMs is { } endMs)
        {
            // Nothing can follow, so nothing needs to wait; time stands still at the end.
            shard.Buffer.Release(long.MaxValue);
            shard.Batch.UntilMs = endMs;
        }
        else
        {
            shard.Buffer.Release(shard.Watermark.ValueMs);
            shard.Batch.UntilMs = shard.Watermark.ValueMs;
        }
    }
}
