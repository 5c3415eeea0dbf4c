using System.Globalization;
using System.Text;
using StreamSegmenter.Connectors.Codecs.Mapping;

namespace StreamSegmenter.Tests.Codecs.Mapping;

public sealed class EventTimeTextTests
{
    [Theory]
    [InlineData("1659304800", 1659304800000)]
    [InlineData("1659304800.025999", 1659304800025)]
    [InlineData("1659304800025", 1659304800025)]
    [InlineData("1659304800025.9", 1659304800025)]
    [InlineData("1659304800025999", 1659304800025)]
    [InlineData("1", 1000)]
    [InlineData("1.6593480E+09", 1659348000000)]
    [InlineData("16593480e2", 1659348000000)]
    [InlineData("1.659348e12", 1659348000000)]
    [InlineData("1659348000000000123", 1659348000000)]
    [InlineData("1659348000.123456789", 1659348000123)]
    [InlineData("2022-08-01T24:00:00Z", 1659398400000)]
    [InlineData("20220801T100000Z", 1659348000000)]
    [InlineData("2022-08-01T10Z", 1659348000000)]
    [InlineData("2022-08-01T12:00:00+02:00[Europe/Berlin]", 1659348000000)]
    [InlineData("2022-08-01 10:00:00 +0000 UTC", 1659348000000)]
    [InlineData("2022-08-01T10:00:00.1234567890Z", 1659348000123)]
    [InlineData(" 2022-08-01T10:00:00.000Z ", 1659348000000)]
    [InlineData("2022-08-01T10:00:00Z", 1659348000000)]
    [InlineData("2022-08-01T10:00:00", 1659348000000)]
    [InlineData("2022-08-01 10:00:00 UTC", 1659348000000)]
    [InlineData("2022-08-01 10:00", 1659348000000)]
    [InlineData("2022-08-01T12:00:00+02:00", 1659348000000)]
    [InlineData("2022-08-01T04:30:00.5-0530", 1659348000500)]
    [InlineData("2022-08-01T12:00:00+02", 1659348000000)]
    [InlineData("2022-08-01T10:00:00.123456789Z", 1659348000123)]
    [InlineData("2022-08-01T10:00:00,12Z", 1659348000120)]
    [InlineData("2022-08-01", 1659312000000)]
    [InlineData("2024-02-29", 1709164800000)]
    [InlineData("2016-12-31T23:59:60Z", 1483228800000)]
    [InlineData("9999-12-31T23:59:59.999Z", 253402300799999)]
    public void A_time_is_recognised_by_its_shape(string text, long expected)
    {
        Assert.True(EventTimeText.TryParse(Encoding.UTF8.GetBytes(text), TimeFormat.Auto, out var timeMs));
        Assert.Equal(expected, timeMs);
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("-5")]
    [InlineData("1659304800.")]
    [InlineData(".5")]
    [InlineData("16593048000259991111")]
    [InlineData("2022-13-01")]
    [InlineData("2022-02-29")]
    [InlineData("2022-08-01T24:00:01Z")]
    [InlineData("0")]
    [InlineData("0.0")]
    [InlineData("2022-08-01T10:00:00[Europe/Berlin]")]
    [InlineData("20220801 100000")]
    [InlineData("1e")]
    [InlineData("1e300")]
    [InlineData("2022-08-01T10:61:00Z")]
    [InlineData("2022-08-01T10:00:00.Z")]
    [InlineData("2022-08-01T10:00:00+25:00")]
    [InlineData("2022-08-01T10:00:00 CET")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("22-08-01")]
    public void What_is_not_a_time_is_refused(string text) =>
        Assert.False(EventTimeText.TryParse(Encoding.UTF8.GetBytes(text), TimeFormat.Auto, out _));

    [Theory]
    [InlineData("5", TimeFormat.EpochMs, 5)]
    [InlineData("5", TimeFormat.EpochS, 5000)]
    [InlineData("5.25", TimeFormat.EpochS, 5250)]
    [InlineData("5999", TimeFormat.EpochUs, 5)]
    [InlineData("20220801", TimeFormat.EpochS, 20220801000)]
    public void A_given_format_leaves_nothing_to_guess(string text, Enum format, long expected)
    {
        Assert.True(EventTimeText.TryParse(Encoding.UTF8.GetBytes(text), (TimeFormat)format, out var timeMs));
        Assert.Equal(expected, timeMs);
    }

    [Fact]
    public void The_year_10000_is_refused_whatever_the_format()
    {
        Assert.True(EventTimeText.TryParse("253402300799.999"u8, TimeFormat.EpochS, out _));
        Assert.False(EventTimeText.TryParse("253402300800"u8, TimeFormat.EpochS, out _));
        Assert.False(EventTimeText.TryParse("253402300800000"u8, TimeFormat.EpochMs, out _));
        Assert.False(EventTimeText.TryParse("9999-12-31T23:59:59-00:01"u8, TimeFormat.Iso8601, out _));
    }

    [Fact]
    public void Every_millisecond_that_DateTimeOffset_writes_is_read_back()
    {
        var random = new Random(3);
        for (var round = 0; round < 20_000; round++)
        {
            var expected = random.NextInt64(1, EventTimeText.TimeMsEnd - 86_400_000);
            var offset = TimeSpan.FromMinutes(random.Next(-720, 721));
            var local = DateTimeOffset.FromUnixTimeMilliseconds(expected).ToOffset(offset);
            var text = local.ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture);

            Assert.True(EventTimeText.TryParse(Encoding.UTF8.GetBytes(text), TimeFormat.Iso8601, out var timeMs), text);
            Assert.Equal(expected, timeMs);
        }
    }
}
