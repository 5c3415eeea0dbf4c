using StreamSegmenter.Conversions;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;
using StreamSegmenter.Testing.Checks;
using StreamSegmenter.Testing.Model;
using StreamSegmenter.Testing.Reference;
using StreamSegmenter.Testing.Runs;
using StreamSegmenter.Windows;

namespace StreamSegmenter.Tests.Conversions;

/// <summary>Conversion panes of windows of 2000 ms, session gap 300 ms; the rest is compared with recomputation elsewhere.</summary>
public sealed class ConversionPaneTests
{
    [Theory]
    [InlineData(59, 0)]
    [InlineData(60, 60)]
    [InlineData(0, 0)]
    [InlineData(-1, -60)]
    [InlineData(-60, -60)]
    [InlineData(-61, -120)]
    public void A_window_begins_at_a_multiple_of_its_length(long timeMs, long startMs) =>
        Assert.Equal(startMs, Tumbling.StartOf(timeMs, 60));

    [Fact]
    public void A_session_counts_in_the_window_in_which_it_began()
    {
        var panes = Run(
            new Fact("ann", 1999, EventTypes.ProductViewed), new Fact("ann", 2000, EventTypes.ProductAdded),
            new Fact("ann", 2200, EventTypes.OrderCompleted) { TotalMinor = 500 });

        var (began, ordered) = (panes[(0, "")], panes[(2000, "")]);
        Assert.Equal((1, 1, 1, 1), (began.Visitors, began.Sessions, began.SessionsWithCart, began.SessionsWithOrder));
        Assert.Equal([1L, 1, 1], began.Funnel.Select(step => step.Sessions));
        Assert.Equal((0, 1.0, 0.0), (began.Orders, began.ConversionRate, began.CartAbandonmentRate));
        Assert.Equal((1, 0, 1, 500), (ordered.Visitors, ordered.Sessions, ordered.Orders, ordered.RevenueMinor));
        Assert.Null(ordered.ConversionRate);
    }

    [Fact]
    public void A_session_belongs_as_a_whole_to_the_value_that_one_of_its_events_tells()
    {
        var mail = Run(
            new Fact("ann", 0, EventTypes.ProductViewed), new Fact("ann", 100, EventTypes.ProductAdded),
            new Fact("ann", 200, EventTypes.PageViewed) { Channel = "mail" },
            new Fact("ann", 300, EventTypes.OrderCompleted) { Channel = "shop" })[(0, "mail")];

        Assert.Equal((1, 1, 1, 1, 1), (mail.Visitors, mail.Sessions, mail.SessionsWithCart, mail.SessionsWithOrder, mail.Orders));
        Assert.Equal([1L, 1, 1], mail.Funnel.Select(step => step.Sessions));
    }

    [Fact]
    public void A_customer_is_one_visitor_of_a_pane_however_many_sessions_they_have()
    {
        var pane = Run(new Fact("ann", 0, EventTypes.PageViewed), new Fact("ann", 1000, EventTypes.PageViewed), new Fact("bob", 5, EventTypes.PageViewed))[(0, "")];

        Assert.Equal((2, 3), (pane.Visitors, pane.Sessions));
    }

    [Fact]
    public void A_pane_is_final_once_its_window_and_grace_have_passed()
    {
        var one = Run(new Fact("ann", 0, EventTypes.ProductViewed), new Fact("ann", 90_000, EventTypes.ProductViewed));
        var (first, last) = (one[(0, "")], one[(90_000, "")]);

        Assert.True(first.Final && first.CohortFinal);
        Assert.False(last.Final || last.CohortFinal);
    }

    private static Dictionary<(long StartMs, string Value), ConversionPane> Run(params Fact[] facts)
    {
        var log = new Kafka(1, 1);
        log.Input(new InputPartition(0, 0)).Append(new InputRecord(facts));
        using var world = new World(new Scenario(1), log, new Weather(1));
        world.Run();
        return new Committed(log).LatestPanes.Where(pane => pane.WindowMs == 2000).ToDictionary(pane => (pane.StartMs, pane.Value));
    }
}
