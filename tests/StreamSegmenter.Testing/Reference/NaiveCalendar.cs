using StreamSegmenter.Conversions;

namespace StreamSegmenter.Testing.Reference;

/// <summary>Where windows begin and end, the naive way: dates by the framework's conversion of every instant, the start of a date by looking
/// for the first quarter of an hour that bears it or a later one.</summary>
internal sealed class NaiveCalendar(TimeZoneInfo zone)
{
    private const long QuarterMs = 900_000;
    private readonly Dictionary<DateOnly, long> _starts = [];

    public (long StartMs, long EndMs) WindowOf(long timeMs, ConversionWindow window)
    {
        if (window.Unit == CalendarUnit.None)
        {
            var start = (long)Math.Floor((double)timeMs / window.LengthMs) * window.LengthMs;
            return (start, start + window.LengthMs);
        }

        var date = DateOf(timeMs);
        var (first, next) = window.Unit switch
        {
            CalendarUnit.Day => (date, date.AddDays(1)),
            CalendarUnit.Month => (new DateOnly(date.Year, date.Month, 1), new DateOnly(date.Year, date.Month, 1).AddMonths(1)),
            _ => (MondayOf(date), MondayOf(date).AddDays(7)),
        };
        return (StartOf(first), StartOf(next));
    }

    private static DateOnly MondayOf(DateOnly date)
    {
        while (date.DayOfWeek != DayOfWeek.Monday)
        {
            date = date.AddDays(-1);
        }

        return date;
    }

    private DateOnly DateOf(long timeMs) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(timeMs), zone).DateTime);

    private long StartOf(DateOnly date)
    {
        if (!_starts.TryGetValue(date, out var startMs))
        {
            startMs = new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeMilliseconds() - (30 * 4 * QuarterMs);
            while (DateOf(startMs) < date)
            {
                startMs += QuarterMs;
            }

            _starts.Add(date, startMs);
        }

        return startMs;
    }
}
