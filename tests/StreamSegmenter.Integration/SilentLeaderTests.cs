using StreamSegmenter.Connectors.Kafka;

namespace StreamSegmenter.Integration;

/// <summary>A consumer that hears nothing of a partition, although its leader answers others.</summary>
public sealed class SilentLeaderTests
{
    public static TheoryData<bool, bool> Directions => new() { { true, true }, { false, true }, { true, false } };

    [Theory]
    [MemberData(nameof(Directions))]
    public void A_consumer_whose_leader_does_not_get_through_is_replaced_and_nothing_is_lost(bool requests, bool answers)
    {
        using var silenced = new SilencedLane();
        silenced.Broker.ProduceEvents(silenced.Topic, 10, 1);
        using (var lane = silenced.Reading(10))
        {
            silenced.Proxy.Apply(new ProxyFault(connection => connection.IsOfALane && connection.HasRequested(ProxyConnection.Fetch))
            {
                SwallowsRequests = requests, SwallowsAnswers = answers,
            });
            silenced.Broker.ProduceEvents(silenced.Topic, 10, 1);
            var wedged = SilencedLane.PollUntilWedged(lane);

            Assert.Equal(SilentClient.Partition, wedged.Client);
            Assert.Contains($"partition 0 of '{silenced.Topic}' has been silent at offset 10 for", wedged.Message, StringComparison.Ordinal);
            Assert.Contains($"{silenced.Topic}/0 active", wedged.Beliefs, StringComparison.Ordinal);
            lane.Lane.Abandon();
        }

        silenced.Proxy.Heal();
        using var successor = silenced.Reading(20);
    }

    [Fact]
    public void A_consumer_that_is_given_no_proof_of_an_empty_partition_is_replaced()
    {
        using var silenced = new SilencedLane();
        using var lane = silenced.Reading(0);
        silenced.Proxy.Apply(ProxyFault.Silence(connection => connection.IsOfALane && connection.HasRequested(ProxyConnection.Fetch)));

        Assert.Equal(SilentClient.Partition, SilencedLane.PollUntilWedged(lane).Client);
    }

    /// <summary>The lane goes back after every commit that fails. A client that has dropped the partition by itself refuses for ever, and what waited
    /// in its queue stays there.</summary>
    [Fact]
    public void A_consumer_that_refuses_to_go_back_is_replaced_and_nothing_is_lost()
    {
        using var silenced = new SilencedLane();
        silenced.Broker.ProduceEvents(silenced.Topic, 10, 1);
        using (var lane = silenced.Reading(10))
        {
            ((KafkaLaneSource)lane.Lane.Source).Consumer.Unassign();
            lane.Lane.Source.Seek(new(0, 0), 5);
            var wedged = SilencedLane.PollUntilWedged(lane);

            Assert.Equal(SilentClient.Partition, wedged.Client);
            Assert.Contains($"partition 0 of '{silenced.Topic}' is not taken back to offset 5: its client has refused for", wedged.Message, StringComparison.Ordinal);
            lane.Lane.Abandon();
        }

        using var successor = silenced.Reading(10);
    }

    [Fact]
    public void Records_that_stay_in_the_queue_of_a_client_are_no_sign_of_life()
    {
        using var silenced = new SilencedLane();
        silenced.Broker.ProduceEvents(silenced.Topic, 10, 1);
        using (var lane = silenced.Reading(10))
        {
            ((KafkaLaneSource)lane.Lane.Source).Consumer.Unassign();
            silenced.Broker.ProduceEvents(silenced.Topic, 10, 1);
            Assert.Equal(SilentClient.Partition, SilencedLane.PollUntilWedged(lane).Client);
            lane.Lane.Abandon();
        }

        using var successor = silenced.Reading(20);
    }
}
