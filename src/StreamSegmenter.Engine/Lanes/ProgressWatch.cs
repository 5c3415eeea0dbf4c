using System.Globalization;
using StreamSegmenter.Engine.Shards;

namespace StreamSegmenter.Engine.Lanes;

/// <summary>Notices a shard that stands still although there is something to do, whatever the cause: a partition with unread records that
/// delivers none, a partition whose end no broker gives, a watermark that does not move while events wait for it. The lane is not ready
/// then, and its readiness gives the place and what is known of the cause.
/// <para>A paused partition is no standstill, since the events that it waits for are one. Nor is a watermark ahead of the clock that
/// nothing else holds back: it waits for the clock. Lane's thread only.</para></summary>
internal sealed class ProgressWatch(LaneContext lane, TimeProvider clock)
{
    /// <summary>Longer than a rebalance and the restore behind it, for which a partition may wait.</summary>
    internal static readonly TimeSpan StandsMax = TimeSpan.FromSeconds(60);

    private const string Trouble = "progress";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly Dictionary<Shard, Stand> _stands = new(ReferenceEqualityComparer.Instance);
    private long _lookedAt = clock.GetTimestamp();

    /// <summary>How far a shard was when it last moved, and when that was: for each source and for event time.</summary>
    private sealed class Stand(int sources, long now)
    {
        public (long Position, long Since)[] Sources { get; } = [.. Enumerable.Repeat((long.MinValue, now), sources)];

        public (long WatermarkMs, long Since) Time { get; set; } = (long.MinValue, now);
    }

    /// <summary>To be called once per turn.</summary>
    public void Look()
    {
        var now = clock.GetTimestamp();
        if (lane.ClockMs() is not { } clockMs || clock.GetElapsedTime(_lookedAt, now) < Interval)
        {
            return;
        }

        _lookedAt = now;
        Forget();
        string? trouble = null;
        foreach (var shard in lane.Shards.Values)
        {
            if (!_stands.TryGetValue(shard, out var stand))
            {
                _stands[shard] = stand = new Stand(shard.Progress.Length, now);
            }

            var standstill = OfSources(shard, stand, now) ?? OfTime(shard, stand, clockMs, now);
            trouble ??= standstill;
        }

        lane.Counters.Health.ReportTrouble(Trouble, trouble);
    }

    private void Forget()
    {
        foreach (var shard in _stands.Keys)
        {
            if (!ReferenceEquals(lane.Shards.GetValueOrDefault(shard.Partition), shard))
            {
                _stands.Remove(shard);
            }
        }
    }

    private string? OfSources(Shard shard, Stand stand, long now)
    {
        string? trouble = null;
        for (var source = 0; source < shard.Progress.Length; source++)
        {
            ref readonly var progress = ref shard.Progress[source];
            ref var seen = ref stand.Sources[source];
            if (progress.Position != seen.Position || progress.CaughtUp || progress.Ended || shard.Paused.Contains(source))
            {
                seen = (progress.Position, now);
            }
            else if (clock.GetElapsedTime(seen.Since, now) > StandsMax)
            {
                var name = source < lane.Options.Inputs.Count ? $"'{lane.Options.Inputs[source].Name}'" : "the exchange topic";
                trouble ??= string.Create(CultureInfo.InvariantCulture, $"partition {shard.Partition} of {name} ") + (progress.EndOffset < 0
                    ? $"has delivered nothing for {Seconds(seen.Since, now)}, and no broker has given its end"
                    : string.Create(CultureInfo.InvariantCulture, $"has {progress.EndOffset - progress.Position} records unread and has delivered none for {Seconds(seen.Since, now)}"));
            }
        }

        return trouble;
    }

    private string? OfTime(Shard shard, Stand stand, long clockMs, long now)
    {
        var watermarkMs = shard.Watermark.ValueMs;
        var waitsForClock = watermarkMs >= clockMs && watermarkMs >= shard.Watermark.GoalMs;
        if (watermarkMs != stand.Time.WatermarkMs || shard.Buffer.Count == 0 || waitsForClock)
        {
            stand.Time = (watermarkMs, now);
            return null;
        }

        if (clock.GetElapsedTime(stand.Time.Since, now) <= StandsMax)
        {
            return null;
        }

        var cause = shard.StandsBeforeChange ? "; the next version of the definitions has not taken over"
            : shard.Exchange is { IsHeld: true } ? "; it waits for a partition that is further behind (engine.alignment)"
            : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"partition {shard.Partition}: event time has stood still for {Seconds(stand.Time.Since, now)}, and {shard.Buffer.Count} events wait for it{cause}");
    }

    private string Seconds(long since, long now) =>
        string.Create(CultureInfo.InvariantCulture, $"{(long)clock.GetElapsedTime(since, now).TotalSeconds} s");
}
