using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Shards;

namespace StreamSegmenter.Engine.Lanes;

/// <summary>Keeps the reorder buffers bounded: when a shard holds more than its limit, the partitions that run ahead of the one
/// which holds the watermark back are paused, until the buffer is half empty. The slowest is never paused: it is what
/// everything waits for, unless the whole shard waits for a slower shard. The exchange is never paused.</summary>
internal sealed class BackPressure(LaneContext lane, ILaneSource source)
{
    public void Apply()
    {
        foreach (var shard in lane.Shards.Values)
        {
            if (shard.Buffer.Count > lane.Options.ReorderEventsMax)
            {
                PauseAhead(shard);
            }
            else if (shard.Paused.Count > 0)
            {
                Relax(shard);
            }
        }
    }

    private void PauseAhead(Shard shard)
    {
        var slowest = shard.Watermark.Slowest(shard.Progress, lane.NowMs(), lane.ClockMs());
        var isHeld = shard.Exchange is { IsHeld: true };
        for (var input = 0; input < lane.Options.Inputs.Count; input++)
        {
            if (input == slowest && !isHeld)
            {
                Resume(shard, input);
            }
            else if ((slowest >= 0 || isHeld) && shard.Paused.Add(input))
            {
                source.Pause(new InputPartition(input, shard.Partition));
                shard.Gauges.SetPaused(input, true);
            }
        }
    }

    /// <summary>Resumes all once the buffer is half empty, and the slowest at any time: a partition that was paused ahead of a
    /// sibling may have become the one that everything waits for.</summary>
    private void Relax(Shard shard)
    {
        var slowest = shard.Watermark.Slowest(shard.Progress, lane.NowMs(), lane.ClockMs());
        var isHeld = shard.Exchange is { IsHeld: true };
        for (var input = 0; input < lane.Options.Inputs.Count; input++)
        {
            if ((input == slowest && !isHeld) || shard.Buffer.Count <= lane.Options.ReorderEventsMax / 2)
            {
                Resume(shard, input);
            }
        }
    }

    private void Resume(Shard shard, int input)
    {
        if (shard.Paused.Remove(input))
        {
            source.Resume(new InputPartition(input, shard.Partition));
            shard.Gauges.SetPaused(input, false);
        }
    }
}
