using System.Reactive.Linq;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Shards;

namespace StreamSegmenter.Engine.Pipeline;

internal static class ReleaseInOrderOperator
{
    /// <summary>Splits a poll into one batch for each shard: moves the shard's watermark on and releases what it has passed, in the
    /// order of (event time, input, offset), but no further than the slowest shard allows. The result does not depend on how the polls interleaved.
    /// A shard's batch runs through the steps below before the next shard is released. Before a change of definitions everything stops: what comes
    /// from its instant on waits until all before it is committed and the shard has changed over.</summary>
    public static IObservable<ShardBatch> ReleaseInOrder(this IObservable<PolledRecords> source, LaneContext lane) =>
        source.SelectMany(polled => Release(polled, lane));

    private static IEnumerable<ShardBatch> Release(PolledRecords polled, LaneContext lane)
    {
        var nowMs = lane.NowMs();
        foreach (var shard in lane.Shards.Values)
        {
            Release(shard, polled.EndOfInputMs, nowMs, lane);
            yield return shard.Batch;
        }
    }

    private static void Release(Shard shard, long? endOfInputMs, long nowMs, LaneContext lane)
    {
        var clockMs = lane.ClockMs();
        var ceilingMs = shard.CeilingMs;
        shard.Output.Carts.ClockMs = clockMs;
        var wantedMs = shard.Watermark.WantedMs(shard.Progress, nowMs, clockMs);

        // Others may wait for it: without a clock to follow, a shard whose inputs have ended is as far as its newest event.
        var isAtEnd = clockMs is null && lane.Options.ExchangeInput >= 0 && shard.Watermark.SilentUntilMs is not null;
        wantedMs = isAtEnd ? shard.Watermark.NewestMs : wantedMs;
        shard.Watermark.AdvanceTo(Math.Min(ceilingMs, shard.Exchange?.Limit(wantedMs, nowMs) ?? wantedMs));
        shard.StandsBeforeChange = shard.Watermark.ValueMs >= ceilingMs || endOfInputMs >= ceilingMs;
        if (endOfInputMs is { } endMs)
        {
            // Nothing can follow, so nothing needs to wait; time stands still at the end.
            shard.Buffer.Release(shard.StandsBeforeChange ? ceilingMs : long.MaxValue);
            shard.Batch.UntilMs = Math.Min(endMs, ceilingMs);
        }
        else
        {
            shard.Buffer.Release(isAtEnd && !shard.Exchange!.IsHeld && !shard.StandsBeforeChange ? long.MaxValue : shard.Watermark.ValueMs);
            shard.Batch.UntilMs = shard.Watermark.ValueMs;
        }
    }
}
