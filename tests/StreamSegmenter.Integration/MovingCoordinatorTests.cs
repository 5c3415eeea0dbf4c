using StreamSegmenter.Connectors.Kafka;

namespace StreamSegmenter.Integration;

/// <summary>A group whose coordinator moves to another broker.</summary>
public sealed class MovingCoordinatorTests
{
    private const int LongerThanTheTest = 300_000;

    [Fact]
    public void A_consumer_whose_coordinator_moves_finds_it_by_itself_and_commits()
    {
        using var silenced = new SilencedLane(brokers: 2);
        using var lane = silenced.Reading(0, settings => settings with { SilenceMaxMs = LongerThanTheTest });
        lane.Commit((0, "customer", "before"));

        var other = OtherBroker(silenced);
        silenced.Broker.Embedded!.MoveCoordinator(silenced.Settings.GroupId, other);
        lane.PollUntil(() => silenced.Proxies[other - 1].Connections.Any(IsOfTheGroup));

        lane.Commit((0, "customer", "after"));
        silenced.Broker.ProduceEvents(silenced.Topic, 10, 1);
        lane.PollUntil(() => lane.Events.Count == 10);
    }

    [Fact]
    public void A_consumer_whose_coordinator_moves_to_a_broker_that_does_not_get_through_is_replaced()
    {
        using var silenced = new SilencedLane(brokers: 2);
        using var lane = silenced.Reading(0, settings => settings with { SessionTimeoutMs = 30_000 });
        var other = OtherBroker(silenced);
        silenced.Proxies[other - 1].Apply(ProxyFault.Silence(IsOfTheGroup));
        silenced.Broker.Embedded!.MoveCoordinator(silenced.Settings.GroupId, other);

        Assert.Equal(SilentClient.Group, SilencedLane.PollUntilWedged(lane).Client);
    }

    private static int OtherBroker(SilencedLane silenced) => silenced.Proxies[0].Connections.Any(IsOfTheGroup) ? 2 : 1;

    private static bool IsOfTheGroup(ProxyConnection connection) => connection.IsOfALane
        && (connection.HasRequested(ProxyConnection.JoinGroup) || connection.HasRequested(ProxyConnection.Heartbeat));
}
