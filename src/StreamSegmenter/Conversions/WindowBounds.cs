using StreamSegmenter.Time;
using StreamSegmenter.Windows;

namespace StreamSegmenter.Conversions;

/// <summary>Where windows of one kind begin and end: <c>[start, end)</c>. Those of a fixed length are aligned to 1970-01-01 UTC; days, weeks and
/// months are those of a time zone's calendar, so a day has 23 or 25 hours when the clocks change.
/// <code>
/// day, Europe/Berlin: 2026-03-29 is [2026-03-28T23:00Z, 2026-03-29T22:00Z), 23 hours long
/// </code>
/// Remembers the window found last, since neighbouring events fall into one. Not for several threads at once.</summary>
internal sealed class WindowBounds(ConversionWindow window, TimeZoneInfo zone)
{
    // The calendar ends with the year 9999, and the month that follows a window must lie in it.
    private const long CalendarMinMs = -60_000_000_000_000;
    private const long CalendarMaxMs = 253_300_000_000_000;

    private readonly LocalClock _clock = new(zone);
    private long _startMs = long.MaxValue;
    private long _endMs = long.MinValue;

    public ConversionWindow Window => window;

    /// <summary>The start of the window that holds an instant.</summary>
    public long StartOf(long timeMs)
    {
        if (timeMs < _startMs || timeMs >= _endMs)
        {
            _startMs = Find(timeMs);
            _endMs = Next(_startMs);
        }

        return _startMs;
    }

    /// <summary>The end of the window that begins at an instant: the start of the next.</summary>
    public long EndOf(long startMs) => startMs == _startMs ? _endMs : Next(startMs);

    private long Find(long timeMs)
    {
        if (window.Unit == CalendarUnit.None)
        {
            return Tumbling.StartOf(timeMs, window.LengthMs);
        }

        var day = _clock.DayOf(Math.Clamp(timeMs, CalendarMinMs, CalendarMaxMs));
        return _clock.StartOf(window.Unit switch
        {
            CalendarUnit.Week => LocalClock.MondayOf(day),
            CalendarUnit.Month => day - LocalClock.DateOf(day).Day + 1,
            _ => day,
        });
    }

    private long Next(long startMs)
    {
        if (window.Unit == CalendarUnit.None)
        {
            return startMs > long.MaxValue - window.LengthMs ? long.MaxValue : startMs + window.LengthMs;
        }

        var day = _clock.DayOf(Math.Clamp(startMs, CalendarMinMs, CalendarMaxMs));
        return _clock.StartOf(window.Unit switch
        {
            CalendarUnit.Week => day + LocalClock.DaysPerWeek,
            CalendarUnit.Month => LocalClock.DayOf(LocalClock.DateOf(day).AddMonths(1)),
            _ => day + 1,
        });
    }
}
