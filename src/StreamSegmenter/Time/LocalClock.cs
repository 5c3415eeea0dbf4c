namespace StreamSegmenter.Time;

/// <summary>The calendar of one time zone. A day is its number, counted from 1970-01-01; it begins at the first instant that bears its
/// date, so every instant belongs to one day and days follow one another, whatever the clocks do at midnight.
/// <code>
/// Europe/Berlin 2026-03-29: begins 2026-03-28T23:00Z, 23 hours long
/// Africa/Cairo  2026-04-24: 00:00 to 01:00 is skipped; begins 2026-04-23T22:00Z, when it is 01:00
/// </code></summary>
internal sealed class LocalClock(TimeZoneInfo zone)
{
    public const long DayMs = 86_400_000;
    public const long HourMs = 3_600_000;

    // Near the ends of time an offset leads out of what DateTime can say.
    private const long UtcMinMs = -60_000_000_000_000;
    private const long UtcMaxMs = 253_402_000_000_000;

    /// <summary>Monday is the first day of a week.</summary>
    public const int DaysPerWeek = 7;

    private readonly bool _isFixed = zone.GetAdjustmentRules().Length == 0;
    private readonly long _baseMs = (long)zone.BaseUtcOffset.TotalMilliseconds;

    public string ZoneName => zone.Id;

    /// <summary>The day to which an instant belongs.</summary>
    public int DayOf(long utcMs)
    {
        var offset = OffsetAt(utcMs);
        var day = (int)Math.Floor((utcMs + offset) / (double)DayMs);
        if (_isFixed || (OffsetAt(utcMs - DayMs) == offset && OffsetAt(utcMs + DayMs) == offset))
        {
            return day;
        }

        // The clocks change near by: an instant may bear the date of a day that is over.
        return StartOf(day + 1) <= utcMs ? day + 1 : day;
    }

    /// <summary>The first instant of a day.</summary>
    public long StartOf(int day)
    {
        var localMs = day * DayMs;
        var before = OffsetAt(localMs - _baseMs - DayMs);
        var after = OffsetAt(localMs - _baseMs + DayMs);
        if (before == after)
        {
            return localMs - before;
        }

        var earlier = localMs - Math.Max(before, after);
        return earlier + OffsetAt(earlier) >= localMs && earlier - 1 + OffsetAt(earlier - 1) < localMs
            ? earlier
            : localMs - Math.Min(before, after);
    }

    /// <summary>The hour that the clocks show, 0 to 23.</summary>
    public int HourOf(long utcMs) => (int)(Floored(utcMs + OffsetAt(utcMs), DayMs) / HourMs);

    /// <summary>The first instant behind this one at which the clocks show another hour, or change.</summary>
    public long NextHour(long utcMs)
    {
        var offset = OffsetAt(utcMs);
        var next = utcMs + HourMs - Floored(utcMs + offset, HourMs);
        if (OffsetAt(next - 1) == offset)
        {
            return next;
        }

        // The clocks change before the hour is over.
        var (same, other) = (utcMs, next - 1);
        while (other - same > 1)
        {
            var middle = same + ((other - same) / 2);
            (OffsetAt(middle) == offset ? ref same : ref other) = middle;
        }

        return other;
    }

    /// <summary>1 for Monday to 7 for Sunday.</summary>
    public static int WeekdayOf(int day) => (((day + 3) % DaysPerWeek) + DaysPerWeek) % DaysPerWeek + 1;

    /// <summary>The Monday of a day's week.</summary>
    public static int MondayOf(int day) => day - WeekdayOf(day) + 1;

    public static DateOnly DateOf(int day) => DateOnly.FromDayNumber(day + EpochDay);

    public static int DayOf(DateOnly date) => date.DayNumber - EpochDay;

    private static readonly int EpochDay = new DateOnly(1970, 1, 1).DayNumber;

    private static long Floored(long value, long length) => ((value % length) + length) % length;

    private long OffsetAt(long utcMs) => _isFixed
        ? _baseMs
        : (long)zone.GetUtcOffset(DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(utcMs, UtcMinMs, UtcMaxMs)).UtcDateTime).TotalMilliseconds;
}
