using System.Text;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Integration;

/// <summary>Who may commit: a lane as long as the partitions are its own, and nobody else.</summary>
public sealed class KafkaFencingTests
{
    private const short OffsetCommitRequest = 8;
    private const int UnknownMember = 25;
    private static readonly string Signature = Encoding.UTF8.GetString(StateKey.BarrierKey);

    // The embedded broker refuses every commit while its group changes.
    [Fact]
    public void A_revoked_lane_can_still_commit_and_its_successor_sees_it()
    {
        TestBroker.RequireReal();
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        broker.Produce(settings.Inputs[0].Topic, (0, null, "c0 1"), (0, null, "c1 2"));
        using var first = new PolledLane(settings, 0);
        first.PollUntil(() => first.Events.Count == 2);
        var outcome = default(CommitOutcome?);
        first.Listener.Revoking = () =>
        {
            outcome = first.Commit(CommitUnits.Offset(1));
        };
        using var second = new PolledLane(settings, 1);
        first.PollUntil(() =>
        {
            second.PollOnce();
            return outcome is not null && first.Listener.Owned.Count + second.Listener.Owned.Count == 1;
        });

        Assert.Equal(CommitOutcome.Committed, outcome);
        var owner = first.Listener.Owned.Count == 1 ? first : second;
        owner.PollUntil(() => owner.Events.Count > 0);
        Assert.Equal([(0, 0, 1L, "c1")], owner.Events);
    }

    [Fact]
    public void A_lane_of_the_same_instance_fences_its_predecessor()
    {
        TestBroker.RequireReal();
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks") with { Delivery = DeliveryMode.ExactlyOnce, InstanceId = broker.Name("one") };
        using var zombie = PolledLane.Joined(settings);
        zombie.Commit((0, "a", "1"));
        using var heir = PolledLane.Joined(settings);
        heir.Commit((0, "a", "2"));

        var outcome = zombie.Commit(CommitUnits.Of((0, "a", "3")));
        Assert.True(outcome.Status == CommitStatus.Fenced, $"{outcome.Status}: {outcome.Reason}");
        var state = new RestoredState();
        heir.Sink.Restore(0, 0, state, CancellationToken.None);
        Assert.Equal("2", state.Values["a"]);
    }

    [Theory]
    [InlineData(DeliveryMode.ExactlyOnce, GroupProtocol.Classic)]
    [InlineData(DeliveryMode.AtLeastOnce, GroupProtocol.Classic)]
    [InlineData(DeliveryMode.AtLeastOnce, GroupProtocol.Consumer)]
    public void A_member_that_was_forgotten_in_its_first_batch_commits_nothing(Enum delivery, Enum protocol)
    {
        TestBroker.RequireReal();
        using var broker = new TestBroker();
        var (zombie, heir) = ZombieAndHeir(broker, (DeliveryMode)delivery, (GroupProtocol)protocol);
        using (zombie)
        using (heir)
        {
            Assert.Equal(CommitStatus.Aborted, zombie.Commit(CommitUnits.Letter("zombie")).Status);
            Assert.Equal(CommitStatus.Committed, heir.Commit(CommitUnits.Letter("heir")).Status);
        }

        AssertOnlyTheHeirs(broker, heir.Settings.Outputs);
    }

    // Of an empty group a broker takes offsets from anybody who claims no membership.
    [Theory]
    [InlineData(DeliveryMode.ExactlyOnce, GroupProtocol.Classic)]
    [InlineData(DeliveryMode.AtLeastOnce, GroupProtocol.Classic)]
    [InlineData(DeliveryMode.AtLeastOnce, GroupProtocol.Consumer)]
    public void Nor_when_its_heir_has_left_too(Enum delivery, Enum protocol)
    {
        TestBroker.RequireReal();
        using var broker = new TestBroker();
        var (zombie, heir) = ZombieAndHeir(broker, (DeliveryMode)delivery, (GroupProtocol)protocol);
        using (heir)
        {
            Assert.Equal(CommitStatus.Committed, heir.Commit(CommitUnits.Letter("heir")).Status);
            heir.Lane.Source.Close();
        }

        using (zombie)
        {
            Assert.Equal(CommitStatus.Aborted, zombie.Commit(CommitUnits.Letter("zombie")).Status);
        }

        AssertOnlyTheHeirs(broker, heir.Settings.Outputs);
    }

    [Fact]
    public void The_first_commit_asks_the_group_before_it_writes_anything()
    {
        TestBroker.RequireEmbedded();
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        using var lane = PolledLane.Joined(settings);
        broker.Embedded!.FailRequests(OffsetCommitRequest, UnknownMember);

        Assert.Equal(CommitStatus.Aborted, lane.Commit(CommitUnits.Letter("zombie")).Status);

        Assert.Empty(broker.ReadAll(settings.Outputs.DeadLetters));
        Assert.Empty(broker.ReadAll(settings.Outputs.Changelog));
    }

    [Fact]
    public void And_again_between_the_outputs_and_the_changelog()
    {
        TestBroker.RequireEmbedded();
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        using var lane = PolledLane.Joined(settings);
        broker.Embedded!.FailRequests(OffsetCommitRequest, 0, UnknownMember);

        Assert.Equal(CommitStatus.Aborted, lane.Commit(CommitUnits.Letter("zombie")).Status);

        Assert.Single(broker.ReadAll(settings.Outputs.DeadLetters));
        Assert.Empty(broker.ReadAll(settings.Outputs.Changelog));
    }

    /// <summary>As after an import whose inputs are other topics, until the first event comes.</summary>
    [Theory]
    [InlineData(DeliveryMode.AtLeastOnce)]
    [InlineData(DeliveryMode.ExactlyOnce)]
    public void A_commit_without_offsets_needs_a_member_too(Enum delivery)
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks") with { Delivery = (DeliveryMode)delivery };
        using var stranger = PolledLane.Apart(settings);
        Assert.Equal(CommitStatus.Aborted, stranger.Sink.Commit(CommitUnits.Of((0, "a", "1")), CancellationToken.None).Status);

        using var lane = PolledLane.Joined(settings);
        lane.Commit((0, "a", "2"));
        lane.Commit((0, "a", "3"));
    }

    /// <summary>The group's offset of the changelog says how far the state is, so that whoever watches the group sees no lag.</summary>
    [Fact]
    public void The_group_learns_how_far_the_changelog_is_and_nothing_of_an_input_that_was_not_read()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(2, "clicks");
        using var lane = PolledLane.Joined(settings);

        lane.Commit((0, "a", "1"), (1, "b", "2"), (1, "c", "3"));
        lane.Commit((1, "b", "4"));

        Assert.Equal([2, 5], broker.Committed(settings.GroupId, settings.Outputs.Changelog, partitions: 2));
        Assert.Equal([-1, -1], broker.Committed(settings.GroupId, settings.Inputs[0].Topic, partitions: 2));
    }

    /// <summary>Two lanes that have read the same two records, the first of which does not know that the second has its shard now.
    /// Its heartbeats come from the client's own thread: only a member that asks for no records is forgotten while its
    /// process lives.</summary>
    private static (PolledLane Zombie, PolledLane Heir) ZombieAndHeir(TestBroker broker, DeliveryMode delivery, GroupProtocol protocol)
    {
        var settings = broker.Settings(1, "clicks") with { Delivery = delivery, GroupProtocol = protocol, PollIntervalMsMax = 6_000 };
        broker.Produce(settings.Inputs[0].Topic, (0, null, "c0 1"), (0, null, "c1 2"));
        var zombie = new PolledLane(settings, 0);
        zombie.PollUntil(() => zombie.Events.Count == 2);
        var heir = new PolledLane(settings, 1);
        heir.PollUntil(() => heir.Events.Count == 2, secondsMax: 90);
        return (zombie, heir);
    }

    private static void AssertOnlyTheHeirs(TestBroker broker, KafkaOutputs outputs)
    {
        Assert.Equal("heir", Assert.Single(broker.ReadAll(outputs.DeadLetters)).Value);
        Assert.Single(broker.ReadAll(outputs.Changelog), line => line.Key != Signature);
    }
}
