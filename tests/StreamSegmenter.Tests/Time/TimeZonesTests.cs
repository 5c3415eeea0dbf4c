using StreamSegmenter.Time;

namespace StreamSegmenter.Tests.Time;

public sealed class TimeZonesTests
{
    private static readonly DateTime Summer = new(2026, 7, 1, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("Europe/Berlin", 120)]
    [InlineData("W. Europe Standard Time", 120)]
    [InlineData("eastern standard time", -240)]
    [InlineData("India Standard Time", 330)]
    [InlineData("UTC", 0)]
    [InlineData("Z", 0)]
    [InlineData("+02:00", 120)]
    [InlineData("-5", -300)]
    [InlineData("UTC+2", 120)]
    [InlineData("GMT-0330", -210)]
    [InlineData(" Asia/Tokyo ", 540)]
    public void A_zone_is_found_by_the_names_that_systems_give_it(string name, int minutesInSummer)
    {
        Assert.True(TimeZones.TryFind(name, out var zone));
        Assert.Equal(minutesInSummer, zone.GetUtcOffset(Summer).TotalMinutes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Mars/Olympus")]
    [InlineData("+15:00")]
    [InlineData("+02:75")]
    [InlineData("+123")]
    [InlineData("+-2")]
    public void What_is_no_zone_is_not_found(string name) => Assert.False(TimeZones.TryFind(name, out _));
}
