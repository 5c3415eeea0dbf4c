using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Engine.Time;

namespace StreamSegmenter.Engine.Lanes;

/// <summary>What the lane's events and its clock have to do with each other.</summary>
internal sealed class LaneClock(LaneContext lane, TimeProvider clock)
{
    private readonly SteadyTime? _steady = clock as SteadyTime;

    /// <summary>Events behind this instant are ahead of the clock. Where the machine's clock and the engine's differ, nothing distinguishes a
    /// wrong event from a right one by the one that is behind.</summary>
    public long LatestPlausibleMs()
    {
        if (lane.ClockMs() is not { } clockMs || lane.Options.MaxClockSkewMs is not { } skewMs)
        {
            return long.MaxValue;
        }

        return Math.Max(clockMs, _steady?.WallMs ?? clockMs) + skewMs;
    }

    /// <summary>Lets the clock learn from the events that were polled.</summary>
    public void ObserveEventTime()
    {
        if (_steady is null)
        {
            return;
        }

        foreach (var shard in lane.Shards.Values)
        {
            for (var input = 0; input < lane.Options.Inputs.Count; input++)
            {
                _steady.ObserveEventTime(shard.Watermark.EventTimeMaxMs(input));
            }
        }
    }
}
