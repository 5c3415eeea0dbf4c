namespace StreamSegmenter.Tests.Replay;

/// <summary>Real clickstreams through the whole engine, against numbers that were computed independently.</summary>
public sealed class RealClickstreamTests
{
    [Theory]
    [InlineData(1800, false, 2656, 9)]
    [InlineData(3600, false, 2487, 19)]
    [InlineData(1800, true, 2546, 11)]
    public void Taobao_fires_the_known_triggers(int afterSeconds, bool rearmOnAny, int fired, int pending)
    {
        var result = Replays.Run(Replays.Definitions(Replays.Rule(afterSeconds, rearmOnAny)), [RealClickstreams.Taobao]);

        Assert.Equal(fired, result.CartAbandoned.Count);
        Assert.Equal(pending, result.Totals.TriggersPending);
    }

    [Fact]
    public void Taobao_has_the_known_events_customers_and_sessions()
    {
        var result = Replays.Run(Replays.Definitions(Replays.Rule(1800)), [RealClickstreams.Taobao]);

        Assert.Equal(84_475, result.Events);
        Assert.Equal(75_872, result.EventsByType["product_viewed"]);
        Assert.Equal(4_497, result.EventsByType["product_added"]);
        Assert.Equal(2_356, result.EventsByType["product_favorited"]);
        Assert.Equal(1_750, result.EventsByType["order_completed"]);
        Assert.Equal(815, result.Totals.Customers);
        Assert.Equal(14_122, result.Totals.Sessions);
        Assert.Equal(2_716, result.Totals.SessionsWithCart);
        Assert.Equal(1_345, result.Totals.SessionsWithOrder);
        Assert.Equal(272, result.Totals.SessionsWithCartAndOrder);
        Assert.Equal(84_476, Assert.Single(result.DeadLetters).Offset);
    }

    [Theory]
    [InlineData(1800, false, 19)]
    [InlineData(3600, false, 17)]
    [InlineData(1800, true, 17)]
    public void Otto_fires_the_known_triggers(int afterSeconds, bool rearmOnAny, int fired)
    {
        var result = Replays.Run(Replays.Definitions(Replays.Rule(afterSeconds, rearmOnAny)), [RealClickstreams.Otto]);

        Assert.Equal(fired, result.CartAbandoned.Count);
        Assert.Equal(0, result.Totals.TriggersPending);
    }

    [Fact]
    public void Otto_has_the_known_events_customers_and_sessions()
    {
        var result = Replays.Run(Replays.Definitions(Replays.Rule(1800)), [RealClickstreams.Otto]);

        Assert.Equal(862, result.Events);
        Assert.Equal(800, result.EventsByType["product_viewed"]);
        Assert.Equal(52, result.EventsByType["product_added"]);
        Assert.Equal(10, result.EventsByType["order_completed"]);
        Assert.Equal(20, result.Totals.Customers);
        Assert.Equal(144, result.Totals.Sessions);
        Assert.Equal(21, result.Totals.SessionsWithCart);
        Assert.Equal(5, result.Totals.SessionsWithOrder);
        Assert.Equal(4, result.Totals.SessionsWithCartAndOrder);
        Assert.Empty(result.DeadLetters);
    }

    [Fact]
    public void The_panes_of_the_days_add_up_to_the_sessions_of_the_replay()
    {
        var result = Replays.Run(Replays.Definitions(Replays.Rule(1800)), [RealClickstreams.Taobao], drain: true);

        foreach (var windowMs in new[] { 3_600_000L, 86_400_000L })
        {
            var panes = result.ConversionPanes.Where(pane => pane.WindowMs == windowMs).ToList();
            Assert.Equal(14_122, panes.Sum(pane => pane.Sessions));
            Assert.Equal(2_716, panes.Sum(pane => pane.SessionsWithCart));
            Assert.Equal(1_345, panes.Sum(pane => pane.SessionsWithOrder));
            Assert.Equal(272, panes.Sum(pane => pane.SessionsWithCartAndOrder));
            Assert.Equal(1_750, panes.Sum(pane => pane.Orders));
            Assert.All(panes, pane => Assert.True(pane.CohortFinal));
        }
    }

    [Fact]
    public void The_number_of_lanes_and_shards_changes_nothing()
    {
        var one = Replays.Run(Replays.Definitions(Replays.Rule(1800)), [RealClickstreams.Taobao], lanes: 1);
        var three = Replays.Run(Replays.Definitions(Replays.Rule(1800)), [RealClickstreams.Taobao], lanes: 3);
        var otherShards = Replays.Run(Replays.Definitions(Replays.Rule(1800)), [RealClickstreams.Taobao], lanes: 2, shards: 5);

        Assert.Equal(one.CartAbandoned.Select(trigger => trigger.TriggerId), three.CartAbandoned.Select(trigger => trigger.TriggerId));
        Assert.Equal(one.CartAbandoned.Select(trigger => trigger.TriggerId), otherShards.CartAbandoned.Select(trigger => trigger.TriggerId));
        Assert.Equal(one.ConversionPanes.Select(pane => pane.ToString()), three.ConversionPanes.Select(pane => pane.ToString()));
    }
}
