namespace StreamSegmenter.Engine.Time;

/// <summary>The clock that the engine goes by: the wall clock as it was at the start, carried on by the monotonic clock, so that
/// setting the machine's clock, by a minute or a day, fires no cart and delays none. Small corrections are followed. A
/// leap of the wall clock is believed as far as events confirm it: their times are the other clock that everybody shares. That
/// is how a machine that slept finds its way back. Any thread.
/// <para>What is left: a clock that was ahead when the process started stays ahead until the next start; see
/// <see cref="OffsetMs"/>.</para></summary>
internal sealed class SteadyTime : TimeProvider
{
    private static readonly TimeSpan CorrectionMax = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _wall;
    private readonly Lock _lock = new();
    private DateTimeOffset _base;
    private long _baseTimestamp;

    public SteadyTime(TimeProvider wall)
    {
        _wall = wall;
        Rebase(wall.GetUtcNow());
    }

    public override long TimestampFrequency => _wall.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => _wall.LocalTimeZone;

    /// <summary>What the machine's clock says, in epoch milliseconds.</summary>
    public long WallMs => _wall.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>How far the machine's clock is ahead of this one, in milliseconds; beyond a few seconds it was set, and a
    /// restart would believe it.</summary>
    public long OffsetMs => WallMs - GetUtcNow().ToUnixTimeMilliseconds();

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            var wall = _wall.GetUtcNow();
            if ((wall - Carried()).Duration() <= CorrectionMax)
            {
                Rebase(wall);
                return wall;
            }

            return Carried();
        }
    }

    public override long GetTimestamp() => _wall.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _wall.CreateTimer(callback, state, dueTime, period);

    /// <summary>An event of that time was read. If this clock is behind it, and the machine's is not, this one was left behind.</summary>
    public void ObserveEventTime(long eventTimeMs)
    {
        lock (_lock)
        {
            if (eventTimeMs > Carried().ToUnixTimeMilliseconds() && eventTimeMs <= WallMs)
            {
                Rebase(DateTimeOffset.FromUnixTimeMilliseconds(eventTimeMs));
            }
        }
    }

    private DateTimeOffset Carried() => _base + _wall.GetElapsedTime(_baseTimestamp);

    private void Rebase(DateTimeOffset now)
    {
        _base = now;
        _baseTimestamp = _wall.GetTimestamp();
    }
}
