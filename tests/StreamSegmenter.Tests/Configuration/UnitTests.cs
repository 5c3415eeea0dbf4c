using StreamSegmenter.Definitions;
using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Tests.Configuration;

public sealed class UnitTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("1800s", 1_800_000)]
    [InlineData("30m", 1_800_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("7d", 604_800_000)]
    [InlineData("7 d", 604_800_000)]
    [InlineData("4w", 2_419_200_000)]
    public void A_duration_is_a_whole_number_and_a_unit(string text, long expectedMs)
    {
        Assert.True(new DurationShape(0, long.MaxValue).TryParse(text, out var ms));
        Assert.Equal(expectedMs, ms);
    }

    [Theory]
    [InlineData("256MiB", 256L << 20)]
    [InlineData("1GiB", 1L << 30)]
    [InlineData("5KB", 5_000)]
    [InlineData("17B", 17)]
    public void A_size_is_a_whole_number_and_a_unit(string text, long expectedBytes)
    {
        Assert.True(new SizeShape(0, long.MaxValue).TryParse(text, out var bytes));
        Assert.Equal(expectedBytes, bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("30")]
    [InlineData("-1s")]
    [InlineData("1.5h")]
    [InlineData("1M")]
    [InlineData("1H")]
    [InlineData("99999999999999999999d")]
    [InlineData("9223372036854775807d")]
    public void Anything_else_is_no_duration(string text) =>
        Assert.False(new DurationShape(0, long.MaxValue).TryParse(text, out _));

    [Theory]
    [InlineData(1_800_000, "30m")]
    [InlineData(90_000, "90s")]
    [InlineData(86_400_000, "1d")]
    [InlineData(0, "0s")]
    public void A_duration_is_shown_in_its_largest_whole_unit(long ms, string expected) =>
        Assert.Equal(expected, DurationShape.Show(ms));

    [Theory]
    [InlineData("fiel", "file")]
    [InlineData("max_out_of_orderness", "maxOutOfOrderness")]
    [InlineData("xyzzy", null)]
    public void The_nearest_name_is_what_was_meant(string name, string? expected) =>
        Assert.Equal(expected, NearestName.Of(name, ["file", "format", "maxOutOfOrderness"]));
}
