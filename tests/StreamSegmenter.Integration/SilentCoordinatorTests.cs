using StreamSegmenter.Connectors.Kafka;

namespace StreamSegmenter.Integration;

/// <summary>A consumer that hears nothing of its group, although the coordinator answers others; and one that hears nothing for other reasons.</summary>
public sealed class SilentCoordinatorTests
{
    [Fact]
    public void A_consumer_whose_coordinator_does_not_get_through_is_replaced()
    {
        using var silenced = new SilencedLane();
        using var lane = silenced.Reading(0, settings => settings with { SessionTimeoutMs = 30_000 });
        silenced.Proxy.Apply(ProxyFault.Silence(connection => connection.IsOfALane && connection.HasRequested(ProxyConnection.JoinGroup)));

        var wedged = SilencedLane.PollUntilWedged(lane);

        Assert.Equal(SilentClient.Group, wedged.Client);
        Assert.Contains("has been silent for", wedged.Message, StringComparison.Ordinal);
        Assert.Contains("GroupCoordinator", wedged.Beliefs, StringComparison.Ordinal);
    }

    [Fact]
    public void A_consumer_whose_connections_are_accepted_and_never_answered_is_replaced()
    {
        using var silenced = new SilencedLane();
        silenced.Proxy.Apply(ProxyFault.SilenceOfTheLane());
        using var lane = new PolledLane(silenced.Settings);

        Assert.Equal(SilentClient.Group, SilencedLane.PollUntilWedged(lane).Client);
    }

    [Fact]
    public void While_no_connection_gets_through_a_consumer_waits_and_then_has_a_while_to_find_the_brokers_itself()
    {
        using var silenced = new SilencedLane();
        using var lane = silenced.Reading(0);
        silenced.Proxy.Apply(ProxyFault.Silence(_ => true));
        lane.PollFor(3 * SilencedLane.SilenceMaxMs);

        silenced.Proxy.Heal();
        lane.PollFor(SilencedLane.SilenceMaxMs / 4);
        SilencedLane.PollUntilWedged(lane);
    }

    [Fact]
    public void A_consumer_that_is_slow_or_reset_or_has_nothing_to_hear_is_left_alone()
    {
        using var silenced = new SilencedLane();
        using var lane = silenced.Reading(0);
        silenced.Proxy.Apply(new ProxyFault(connection => connection.IsOfALane) { Delay = TimeSpan.FromMilliseconds(700) });
        lane.PollFor(2 * SilencedLane.SilenceMaxMs);
        silenced.Proxy.Heal();
        silenced.Proxy.Reset(connection => connection.IsOfALane);
        silenced.Broker.ProduceEvents(silenced.Topic, 10, 1);

        lane.PollUntil(() => lane.Events.Count == 10);
        lane.PollFor(2 * SilencedLane.SilenceMaxMs);
    }
}
