using StreamSegmenter.Windows;

namespace StreamSegmenter.Tests.Windows;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("90s", 90_000)]
    [InlineData("30m", 1_800_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("7d", 604_800_000)]
    [InlineData("4w", 2_419_200_000)]
    [InlineData("0s", 0)]
    [InlineData("30 m", 1_800_000)]
    [InlineData("30  m ", 1_800_000)]
    public void A_number_and_a_unit_are_a_duration(string text, long durationMs)
    {
        Assert.True(DurationText.TryParse(text, out var parsed));
        Assert.Equal(durationMs, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("d")]
    [InlineData("30")]
    [InlineData("30D")]
    [InlineData("3 0m")]
    [InlineData("30 m s")]
    [InlineData("1.5h")]
    [InlineData("-1h")]
    [InlineData("1h30m")]
    [InlineData("3y")]
    [InlineData("36501d")]
    [InlineData("99999999999999999999d")]
    public void Anything_else_is_not(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData(3_600_000, "1h")]
    [InlineData(5_400_000, "90m")]
    [InlineData(1_209_600_000, "14d")]
    [InlineData(1_001, "1001ms")]
    [InlineData(0, "0s")]
    public void Equal_durations_are_written_equally(long durationMs, string text) =>
        Assert.Equal(text, DurationText.Format(durationMs));
}
