using StreamSegmenter.Conversions;
using StreamSegmenter.Testing.Reference;

namespace StreamSegmenter.Tests.Conversions;

/// <summary>Windows of the shop's calendar against a calendar that looks at every quarter of an hour.</summary>
public sealed class WindowBoundsTests
{
    private const long HourMs = 3_600_000;

    [Theory]
    [InlineData("2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", 23)]
    [InlineData("2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", 25)]
    [InlineData("2026-03-28T22:59:59Z", "2026-03-27T23:00:00Z", 24)]
    public void A_day_has_as_many_hours_as_the_clocks_give_it(string time, string start, int hours)
    {
        var bounds = new WindowBounds(ConversionWindow.Day, Zone("Europe/Berlin"));

        Assert.Equal(Ms(start), bounds.StartOf(Ms(time)));
        Assert.Equal(Ms(start) + (hours * HourMs), bounds.EndOf(Ms(start)));
    }

    [Fact]
    public void A_week_begins_on_Monday_and_a_month_on_its_first_day_in_the_shops_zone()
    {
        var time = Ms("2026-12-31T20:00:00Z");

        Assert.Equal(Ms("2026-12-27T15:00:00Z"), new WindowBounds(ConversionWindow.Week, Zone("Asia/Seoul")).StartOf(time));
        Assert.Equal(Ms("2026-12-31T15:00:00Z"), new WindowBounds(ConversionWindow.Month, Zone("Asia/Seoul")).StartOf(time));
        Assert.Equal(Ms("2027-01-31T15:00:00Z"), new WindowBounds(ConversionWindow.Month, Zone("Asia/Seoul")).EndOf(Ms("2026-12-31T15:00:00Z")));
    }

    [Theory]
    [InlineData("UTC")]
    [InlineData("Europe/Berlin")]
    [InlineData("America/New_York")]
    [InlineData("Asia/Seoul")]
    [InlineData("Asia/Kathmandu")]
    [InlineData("Africa/Cairo")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("America/Santiago")]
    public void Windows_are_those_of_a_naive_calendar_whatever_the_order_of_events(string zone)
    {
        var random = new Random(7);
        var calendar = new NaiveCalendar(Zone(zone));
        ConversionWindow[] windows = [60_000, HourMs, 24 * HourMs, ConversionWindow.Day, ConversionWindow.Week, ConversionWindow.Month];
        var bounds = windows.Select(window => new WindowBounds(window, Zone(zone))).ToArray();
        for (var i = 0; i < 4_000; i++)
        {
            var timeMs = Ms("2023-06-01T00:00:00Z") + random.NextInt64(3 * 365 * 24 * HourMs);

            // Often at a boundary or next to it.
            timeMs -= random.Next(3) == 0 ? calendar.WindowOf(timeMs, windows[random.Next(windows.Length)]).StartMs is var start ? timeMs - start + random.Next(-1, 2) : 0 : 0;
            for (var window = 0; window < windows.Length; window++)
            {
                var (startMs, endMs) = calendar.WindowOf(timeMs, windows[window]);
                Assert.Equal(startMs, bounds[window].StartOf(timeMs));
                Assert.Equal(endMs, bounds[window].EndOf(startMs));
            }
        }
    }

    [Fact]
    public void Times_beyond_the_calendar_have_windows_too()
    {
        var bounds = new WindowBounds(ConversionWindow.Month, Zone("Europe/Berlin"));

        Assert.True(bounds.StartOf(long.MaxValue - 1) > bounds.StartOf(0));
        Assert.True(bounds.StartOf(long.MinValue + 1) < bounds.StartOf(0));
    }

    private static TimeZoneInfo Zone(string id) => TimeZoneInfo.FindSystemTimeZoneById(id);

    private static long Ms(string time) => DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
}
