using StreamSegmenter.Connectors.Kafka;

namespace StreamSegmenter.Integration;

/// <summary>Several lanes in one group.</summary>
public sealed class KafkaGroupTests
{
    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public void Two_lanes_share_the_shards_and_keep_partition_p_of_every_input_together(Enum protocol)
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(4, "clicks", "carts") with { GroupProtocol = (GroupProtocol)protocol };
        using var first = new PolledLane(settings, 0);
        first.PollUntil(() => first.Listener.Owned.Count == 4);

        using var second = new PolledLane(settings, 1);
        first.PollUntil(() =>
        {
            second.PollOnce();
            return first.Listener.Owned.Count == 2 && second.Listener.Owned.Count == 2;
        });

        Assert.Equal([0, 1, 2, 3], first.Listener.Owned.Concat(second.Listener.Owned).Order());
        Assert.Contains(first.Listener.Notes, note => note.StartsWith("revoking", StringComparison.Ordinal));

        broker.ProduceEvents(settings.Inputs[0].Topic, count: 40, partitions: 4);
        broker.ProduceEvents(settings.Inputs[1].Topic, count: 40, partitions: 4);
        first.PollUntil(() =>
        {
            second.PollOnce();
            return first.Events.Count + second.Events.Count == 80;
        });
        Assert.All(first.Events, e => Assert.Contains(e.Partition, first.Listener.Owned));
        Assert.All(second.Events, e => Assert.Contains(e.Partition, second.Listener.Owned));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_rebalance_in_the_middle_of_a_poll_neither_loses_nor_repeats_a_record(bool batched)
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(2, "clicks") with { BatchedReads = batched };
        using var first = new PolledLane(settings, 0);
        first.PollUntil(() => first.Listener.Owned.Count == 2 && first.Progress.Values.All(progress => progress.CaughtUp));

        // The revocation reaches the first lane's client while a poll of it has delivered some records and not yet others.
        using var second = new PolledLane(settings, 1);
        first.Decoders[0].Decoding = offset =>
        {
            if (offset == 10)
            {
                first.Decoders[0].Decoding = null;
                second.PollFor(4_000);
            }
        };
        broker.ProduceEvents(settings.Inputs[0].Topic, count: 100, partitions: 2);

        first.PollUntil(() =>
        {
            second.PollOnce();
            return first.Listener.Owned.Count == 1 && second.Listener.Owned.Count == 1
                && first.EventsOwned.Count() + second.EventsOwned.Count() >= 100;
        });

        // Nothing was committed, so whoever owns a shard now has read it from its start, once.
        foreach (var lane in (PolledLane[])[first, second])
        {
            Assert.Equal(Enumerable.Range(0, 50).Select(i => (long)i), lane.EventsOwned.Select(e => e.Offset));
        }
    }

    [Fact]
    public void A_lane_is_in_trouble_until_the_group_gave_it_its_share_were_it_none()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        using var first = new PolledLane(settings, 0);
        Assert.Equal("no broker has answered yet", first.Lane.Status.Trouble);
        first.PollUntil(() => first.Lane.Status.Trouble is null);

        using var second = new PolledLane(settings, 1);
        Assert.NotNull(second.Lane.Status.Trouble);
        second.PollUntil(() =>
        {
            first.PollOnce();
            return first.Lane.Status.Trouble is null && second.Lane.Status.Trouble is null;
        });

        Assert.Equal(1, first.Listener.Owned.Count + second.Listener.Owned.Count);
    }

    [Fact]
    public void A_lane_that_closes_leaves_its_shards_to_its_peer_at_once()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(2, "clicks");
        using var second = new PolledLane(settings, 1);
        using (var first = new PolledLane(settings, 0))
        {
            first.PollUntil(() =>
            {
                second.PollOnce();
                return first.Listener.Owned.Count == 1 && second.Listener.Owned.Count == 1;
            });
            first.Lane.Source.Close();
        }

        second.PollUntil(() => second.Listener.Owned.Count == 2, secondsMax: 5);
    }

    /// <summary>The client keeps a pause for as long as it lives, also of a partition that went away and came back.</summary>
    [Theory]
    [InlineData(GroupProtocol.Classic, false)]
    [InlineData(GroupProtocol.Classic, true)]
    [InlineData(GroupProtocol.Consumer, false)]
    public void A_partition_that_was_paused_when_it_went_away_is_read_when_it_comes_back(Enum protocol, bool held)
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(2, "clicks") with { GroupProtocol = (GroupProtocol)protocol };
        using var first = new PolledLane(settings, 0);
        first.PollUntil(() => first.Listener.Owned.Count == 2);
        if (held)
        {
            // Each partition's first record cannot be decoded for now: the client pauses it for a second.
            broker.Produce(settings.Inputs[0].Topic, (0, null, "later 1"), (1, null, "later 1"));
            first.PollUntil(() => first.Decoders[0].Unavailable >= 2);
        }
        else
        {
            first.Lane.Source.Pause(new(0, 0));
            first.Lane.Source.Pause(new(0, 1));
        }

        int away;
        using (var second = new PolledLane(settings, 1))
        {
            first.PollUntil(() =>
            {
                second.PollOnce();
                return first.Listener.Owned.Count == 1 && second.Listener.Owned.Count == 1;
            });
            away = second.Listener.Owned.Single();
            second.Lane.Source.Close();
        }

        first.PollUntil(() => first.Listener.Owned.Count == 2);
        first.Decoders[0].Available = true;
        broker.ProduceEvents(settings.Inputs[0].Topic, count: 20, partitions: 2);
        first.PollUntil(() => first.EventsOwned.Any(e => e.Partition == away), secondsMax: 8);
    }
}
