using StreamSegmenter.Windows;

namespace StreamSegmenter.Tests.Windows;

public sealed class SlidingWindowTests
{
    private static long Ms(string duration) =>
        DurationText.TryParse(duration, out var durationMs) ? durationMs : throw new ArgumentException(duration);

    [Theory]
    [InlineData("47999ms", "1ms")]
    [InlineData("47s", "1ms")]
    [InlineData("48s", "1s")]
    [InlineData("5m", "5s")]
    [InlineData("30m", "30s")]
    [InlineData("1h", "1m")]
    [InlineData("2h", "1m")]
    [InlineData("4h", "5m")]
    [InlineData("1d", "30m")]
    [InlineData("7d", "3h")]
    [InlineData("30d", "12h")]
    [InlineData("60d", "1d")]
    [InlineData("365d", "1d")]
    [InlineData("48500ms", "1ms")]
    public void The_default_pane_is_the_largest_that_divides_the_window_and_is_at_most_a_48th(string window, string pane) =>
        Assert.Equal(pane, DurationText.Format(SlidingWindow.WithDefaultPane(Ms(window)).PaneMs));

    [Theory]
    [InlineData("7d", "5h", "6h")]
    [InlineData("7d", "50m", "1h")]
    [InlineData("1h", "2h", "1h")]
    [InlineData("365d", "1s", "15m")]
    public void The_nearest_valid_pane_is_suggested(string window, string asked, string nearest)
    {
        Assert.False(SlidingWindow.IsPaneOf(Ms(asked), Ms(window)));
        Assert.Equal(nearest, DurationText.Format(SlidingWindow.NearestPaneMs(Ms(asked), Ms(window))));
        Assert.True(SlidingWindow.IsPaneOf(Ms(nearest), Ms(window)));
    }

    [Fact]
    public void A_pane_is_open_at_its_start_and_closed_at_its_end()
    {
        var window = new SlidingWindow(100, 10);
        Assert.Equal([10, 20, 20, 20, 30], new long[] { 10, 11, 19, 20, 21 }.Select(window.PaneEndOf));
        Assert.Equal([-10, 0, 0], new long[] { -10, -9, 0 }.Select(window.PaneEndOf));
    }

    [Fact]
    public void An_event_counts_for_at_least_the_window_and_less_than_window_and_pane()
    {
        var window = new SlidingWindow(100, 10);
        for (long timeMs = 1; timeMs <= 40; timeMs++)
        {
            var expiry = window.ExpiryOf(window.PaneEndOf(timeMs));
            Assert.InRange(expiry - timeMs, 100, 109);
            Assert.True(window.Holds(window.PaneEndOf(timeMs), expiry - 1));
            Assert.False(window.Holds(window.PaneEndOf(timeMs), expiry));
        }
    }

    [Fact]
    public void A_window_of_one_millisecond_panes_is_exact()
    {
        var window = SlidingWindow.WithDefaultPane(30_000);
        Assert.Equal(30_007, window.ExpiryOf(window.PaneEndOf(7)));
        Assert.Equal(30_000, window.PaneCountMax);
    }
}
