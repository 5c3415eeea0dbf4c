using StreamSegmenter.Tests.Commands;

namespace StreamSegmenter.Tests.Replay;

/// <summary>One wrong clock in a file does not move time for all others.</summary>
public sealed class WrongClockTests
{
    private static string Line(string time, string customer, string type = "page_viewed") =>
        $$"""{"event_type":"{{type}}","event_time":"{{time}}","customer_id":"{{customer}}","product_id":"p"}""";

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task An_event_years_ahead_is_a_dead_letter_and_nothing_behind_it_is_late(int at)
    {
        var lines = Enumerable.Range(0, 6).Select(i => Line($"2026-03-10T1{i}:00:00Z", "c" + i)).ToList();
        lines.Insert(at, Line("2099-01-01T00:00:00Z", "wrong"));

        using var replayed = await Replayed.OfAsync(string.Join('\n', lines));

        Assert.Equal((6, 0), ((int)replayed.Figure("events"), (int)replayed.Figure("late")));
        Assert.StartsWith($"refused {at + 1} event_time 2099-01-01T00:00:00Z lies ahead of the events around it", Assert.Single(replayed.DeadLetters), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_in_order_may_have_gaps_of_years()
    {
        var lines = new[] { "2020", "2020", "2020", "2026", "2026" }.Select((year, i) => Line($"{year}-03-10T1{i}:00:00Z", "c" + i)).Append(Line("2027-01-01T00:00:00Z", "c"));

        using var replayed = await Replayed.OfAsync(string.Join('\n', lines));

        Assert.Equal((6, 0), ((int)replayed.Figure("events"), replayed.DeadLetters.Length));
    }
}
