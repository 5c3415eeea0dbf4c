using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Options;

namespace StreamSegmenter.Engine.Shards;

/// <summary>The watermark of one shard: the largest event time below which no on-time event can still arrive. Never decreases,
/// also over a restart.
/// <para>Each partition's own watermark is its largest event time − its out-of-orderness; the shard's is the minimum over
/// those that are active. A partition that was silent for the idle timeout, and proved to hold nothing unread after it, leaves
/// the minimum; one that lags never does, however silent. When all are idle, the watermark follows the clock as far as
/// that proof reaches, so that an abandoned cart fires although the shop is quiet, and does not fire while a
/// broker is merely slow.</para></summary>
internal sealed class ShardWatermark
{
    private readonly IReadOnlyList<InputTiming> _timings;
    private readonly long _idleTimeoutMs;
    private readonly long _outOfOrdernessMaxMs;
    private readonly InputState[] _inputs;
    private long _wantedMs;

    /// <param name="restoredMs">Where the watermark stood at the last commit.</param>
    /// <param name="nowMs">Processing time: silence counts from here.</param>
    public ShardWatermark(IReadOnlyList<InputTiming> timings, long idleTimeoutMs, long restoredMs, long nowMs)
    {
        _timings = timings;
        _idleTimeoutMs = idleTimeoutMs;
        _outOfOrdernessMaxMs = timings.Max(timing => timing.MaxOutOfOrdernessMs);
        _inputs = new InputState[timings.Count];
        Array.Fill(_inputs, new InputState { EventTimeMaxMs = long.MinValue, LastHeardMs = nowMs });
        ValueMs = _wantedMs = restoredMs;
    }

    private struct InputState
    {
        public long EventTimeMaxMs;
        public long LastHeardMs;
    }

    /// <summary>Event time; <see cref="long.MinValue"/> before anything is known.</summary>
    public long ValueMs { get; private set; }

    /// <summary>Where it would be on its own, as of the last poll: further than <see cref="ValueMs"/> while something holds it back.</summary>
    public long GoalMs => _wantedMs;

    /// <summary>Largest event time of all inputs; <see cref="long.MinValue"/> before the first event.</summary>
    public long NewestMs => _inputs.Max(input => input.EventTimeMaxMs);

    /// <summary>Largest event time of an input; <see cref="long.MinValue"/> before its first event.</summary>
    public long EventTimeMaxMs(int input) => _inputs[input].EventTimeMaxMs;

    public void Observe(int input, long eventTimeMs, long nowMs)
    {
        ref var state = ref _inputs[input];
        state.EventTimeMaxMs = Math.Max(state.EventTimeMaxMs, eventTimeMs);
        state.LastHeardMs = nowMs;
    }

    /// <summary>There was never an event (or without a clock: there will be none any more), and this is proved as of this instant of
    /// processing time; null: there was one, or nothing is proved.</summary>
    public long? SilentUntilMs { get; private set; }

    /// <summary>Moves the watermark on, after a poll, as far as it goes on its own.</summary>
    public void Advance(ReadOnlySpan<PartitionProgress> progress, long nowMs, long? clockMs) => AdvanceTo(WantedMs(progress, nowMs, clockMs));

    public void AdvanceTo(long watermarkMs) => ValueMs = Math.Max(ValueMs, watermarkMs);

    /// <summary>Where the watermark would be on its own, after a poll. Does not decrease either: a watermark that was held back, by an alignment or
    /// before a change of definitions, still gets as far when its inputs have fallen silent meanwhile, also where their events are ahead of
    /// the clock.</summary>
    /// <param name="progress">Per input; an input that this lane does not read is missing.</param>
    /// <param name="clockMs">The clock that the watermark follows when all is idle; null where there is no clock.</param>
    public long WantedMs(ReadOnlySpan<PartitionProgress> progress, long nowMs, long? clockMs)
    {
        SilentUntilMs = null;
        var minimum = long.MaxValue;
        for (var input = 0; input < _inputs.Length; input++)
        {
            _inputs[input].EventTimeMaxMs = Math.Max(_inputs[input].EventTimeMaxMs, progress[input].InputTimeMs);
            if (!IsIdle(input, in progress[input], nowMs, clockMs))
            {
                minimum = Math.Min(minimum, OwnMs(input));
            }
        }

        if (minimum < long.MaxValue)
        {
            return _wantedMs = Math.Max(_wantedMs, minimum);
        }

        var provedMs = ProvedSilentUntilMs(progress[.._inputs.Length], nowMs);
        if (HasHeard && clockMs is not null)
        {
            return _wantedMs = Math.Max(_wantedMs, provedMs - _outOfOrdernessMaxMs);
        }

        // No time of its own: it had no event, or all its inputs have ended and there is no clock to follow.
        SilentUntilMs = provedMs;
        return long.MinValue;
    }

    /// <summary>The input that holds the watermark back: the active one with the smallest watermark of its own. -1: none.</summary>
    public int Slowest(ReadOnlySpan<PartitionProgress> progress, long nowMs, long? clockMs)
    {
        var slowest = -1;
        for (var input = 0; input < _inputs.Length; input++)
        {
            if (!IsIdle(input, in progress[input], nowMs, clockMs)
                && (slowest < 0 || OwnMs(input) < OwnMs(slowest)))
            {
                slowest = input;
            }
        }

        return slowest;
    }

    /// <summary>The watermark of one partition.</summary>
    private long OwnMs(int input)
    {
        var known = _inputs[input].EventTimeMaxMs;
        return known == long.MinValue ? known : known - _timings[input].MaxOutOfOrdernessMs;
    }

    private bool IsIdle(int input, in PartitionProgress progress, long nowMs, long? clockMs) =>
        progress.Ended
        || (clockMs is not null && progress.CaughtUp
            && _inputs[input].LastHeardMs + _idleTimeoutMs <= Math.Min(nowMs, progress.CaughtUpAtMs));

    /// <summary>A shard that never had an event has nothing that time could change. Without a watermark of its own it still
    /// takes what comes first at its word, even if yesterday's events are fed into a running engine.</summary>
    public bool HasHeard =>
        ValueMs != long.MinValue || Array.Exists(_inputs, input => input.EventTimeMaxMs != long.MinValue);

    /// <summary>The instant up to which it is proved that no partition held anything unread.</summary>
    private static long ProvedSilentUntilMs(ReadOnlySpan<PartitionProgress> progress, long nowMs)
    {
        var untilMs = nowMs;
        foreach (ref readonly var partition in progress)
        {
            untilMs = partition.Ended ? untilMs : Math.Min(untilMs, partition.CaughtUpAtMs);
        }

        return untilMs;
    }
}
