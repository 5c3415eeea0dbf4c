using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Integration;

public sealed class KafkaLaneSourceTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Records_are_decoded_in_the_order_of_their_partitions(bool batched)
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(2, "clicks", "carts") with { BatchedReads = batched };
        broker.ProduceEvents(settings.Inputs[0].Topic, count: 500, partitions: 2);
        broker.Produce(settings.Inputs[1].Topic, (1, null, "d0 7"));
        using var lane = new PolledLane(settings);

        lane.PollUntil(() => lane.Events.Count == 501);

        foreach (var partition in lane.Events.GroupBy(e => (e.Input, e.Partition)))
        {
            Assert.Equal(Enumerable.Range(0, partition.Count()).Select(i => (long)i), partition.Select(e => e.Offset));
        }

        Assert.Contains((0, 1, 0L, "c1"), lane.Events);
        Assert.Contains((0, 0, 249L, "c498"), lane.Events);
        Assert.Contains((1, 1, 0L, "d0"), lane.Events);
        Assert.Equal(["assigned 0", "assigned 1"], lane.Listener.Notes);
        Assert.True(lane.Lane.Status.IsConnected);
    }

    [Fact]
    public void A_partition_is_caught_up_once_its_end_is_known_and_reached()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(2, "clicks");
        broker.Produce(settings.Inputs[0].Topic, (0, null, "c 1"), (0, null, "c 2"));
        using var lane = new PolledLane(settings);

        lane.PollUntil(() => lane.Progress.Count == 2 && lane.Progress.Values.All(progress => progress.CaughtUp));

        Assert.Equal((2, 2), (lane.Progress[new InputPartition(0, 0)].Position, lane.Progress[new InputPartition(0, 0)].EndOffset));
        Assert.Equal((0, 0), (lane.Progress[new InputPartition(0, 1)].Position, lane.Progress[new InputPartition(0, 1)].EndOffset));
    }

    [Fact]
    public void That_a_silent_partition_is_empty_is_asked_of_the_broker_again_and_again()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        broker.Produce(settings.Inputs[0].Topic, (0, null, "c 1"));
        using var lane = new PolledLane(settings);
        var place = new InputPartition(0, 0);

        lane.PollUntil(() => lane.Progress.TryGetValue(place, out var progress) && progress.CaughtUpAtMs != long.MinValue);
        var provedAtMs = lane.Progress[place].CaughtUpAtMs;
        lane.PollUntil(() => lane.Progress[place].CaughtUpAtMs > provedAtMs);

        Assert.InRange(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - lane.Progress[place].CaughtUpAtMs, 0, 10_000);
    }

    [Fact]
    public void A_paused_partition_is_silent_and_goes_on_where_it_was()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(2, "clicks");
        var topic = settings.Inputs[0].Topic;
        broker.Produce(topic, (0, null, "c0 1"), (1, null, "d0 1"));
        using var lane = new PolledLane(settings);
        lane.PollUntil(() => lane.Events.Count == 2);

        lane.Lane.Source.Pause(new InputPartition(0, 0));
        broker.Produce(topic, (0, null, "c1 2"), (1, null, "d1 2"));
        lane.PollUntil(() => lane.Events.Count == 3);
        lane.PollFor(300);

        Assert.Equal([(0, 1, 1L, "d1")], lane.Events.Skip(2));
        Assert.False(lane.Progress[new InputPartition(0, 0)].CaughtUp);

        lane.Lane.Source.Resume(new InputPartition(0, 0));
        lane.PollUntil(() => lane.Events.Count == 4 && lane.Progress[new InputPartition(0, 0)].CaughtUp);

        Assert.Equal((0, 0, 1L, "c1"), lane.Events[3]);
    }

    [Fact]
    public void A_seek_delivers_again_from_there_also_while_paused()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        broker.ProduceEvents(settings.Inputs[0].Topic, count: 10, partitions: 1);
        using var lane = new PolledLane(settings);
        var partition = new InputPartition(0, 0);
        lane.PollUntil(() => lane.Events.Count == 10);

        lane.Lane.Source.Seek(partition, 7);
        lane.PollUntil(() => lane.Events.Count == 13);
        lane.Lane.Source.Pause(partition);
        lane.Lane.Source.Seek(partition, 4);
        lane.PollFor(200);
        Assert.Equal(13, lane.Events.Count);
        lane.Lane.Source.Resume(partition);
        lane.PollUntil(() => lane.Events.Count == 19);

        Assert.Equal([7L, 8, 9, 4, 5, 6, 7, 8, 9], lane.Events.Skip(10).Select(e => e.Offset));
    }

    [Fact]
    public void The_listeners_start_offset_wins_over_the_groups()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(2, "clicks");
        broker.ProduceEvents(settings.Inputs[0].Topic, count: 10, partitions: 2);
        using var lane = new PolledLane(settings);
        lane.Listener.StartOffsets[1] = [3];

        lane.PollUntil(() => lane.Events.Count == 7);

        Assert.Equal([3L, 4], lane.Events.Where(e => e.Partition == 1).Select(e => e.Offset));
        Assert.Equal([0L, 1, 2, 3, 4], lane.Events.Where(e => e.Partition == 0).Select(e => e.Offset));
    }

    [Fact]
    public void An_input_that_starts_at_the_latest_skips_what_was_there()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks", "carts");
        settings = settings with { Inputs = [settings.Inputs[0] with { StartAt = StartAt.Latest }, settings.Inputs[1]] };
        broker.Produce(settings.Inputs[0].Topic, (0, null, "old 1"));
        broker.Produce(settings.Inputs[1].Topic, (0, null, "cart 1"));
        using var lane = new PolledLane(settings);
        lane.PollUntil(() => lane.Progress.Count == 2 && lane.Progress.Values.All(progress => progress.CaughtUp));

        broker.Produce(settings.Inputs[0].Topic, (0, null, "new 2"));
        lane.PollUntil(() => lane.Events.Count == 2);

        Assert.Equal(["cart", "new"], lane.Events.Select(e => e.Customer));
    }

    [Fact]
    public void A_poison_record_is_refused_with_its_place_and_its_bytes()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        broker.Produce(settings.Inputs[0].Topic, (0, null, "c0 1"), (0, "key", "bad bytes"), (0, null, "c2 3"));
        using var lane = new PolledLane(settings);

        lane.PollUntil(() => lane.Events.Count == 2);

        var letter = Assert.Single(lane.Refused);
        Assert.Equal((settings.Inputs[0].Topic, 0, 1L), (letter.Source, letter.Partition, letter.Offset));
        Assert.Equal("not a record of this test", letter.Reason);
        Assert.Equal("key"u8, letter.Key.Span);
        Assert.Equal("bad bytes"u8, letter.Value.Span);
    }

    [Fact]
    public void A_record_whose_schema_is_away_holds_its_partition_and_no_other()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(2, "clicks");
        broker.Produce(settings.Inputs[0].Topic, (0, null, "c0 1"), (0, null, "later 2"), (0, null, "c2 3"), (1, null, "d0 1"));
        using var lane = new PolledLane(settings);

        lane.PollUntil(() => lane.Events.Count == 2 && lane.Decoders[0].Unavailable >= 2);
        Assert.Equal(["c0", "d0"], lane.Events.Select(e => e.Customer).Order());
        Assert.False(lane.Progress[new InputPartition(0, 0)].CaughtUp);
        Assert.Equal($"partition 0 of '{settings.Inputs[0].Topic}' waits at offset 1: not yet", lane.Lane.Status.Trouble);

        lane.Decoders[0].Available = true;
        lane.PollUntil(() => lane.Events.Count == 4);
        Assert.Null(lane.Lane.Status.Trouble);

        Assert.Equal(["later", "c2"], lane.Events.Skip(2).Select(e => e.Customer));
    }

    [Fact]
    public void An_absent_broker_is_no_exception_but_no_connection_until_it_is_there()
    {
        TestBroker.RequireEmbedded();
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        broker.Produce(settings.Inputs[0].Topic, (0, null, "c0 1"));
        broker.Embedded!.GoDown();
        using var lane = new PolledLane(settings);

        lane.PollUntil(() => lane.Lane.Status.LastError is not null);
        lane.PollFor(500);
        Assert.False(lane.Lane.Status.IsConnected);
        Assert.Empty(lane.Events);

        broker.Embedded.GoUp();
        lane.PollUntil(() => lane.Events.Count == 1, secondsMax: 20);

        Assert.True(lane.Lane.Status.IsConnected);
    }

    [Fact]
    public void Going_back_before_the_first_commit_is_going_to_where_this_lane_began()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        broker.Produce(settings.Inputs[0].Topic, (0, null, "c0 1"), (0, null, "c1 2"));
        using var lane = new PolledLane(settings);
        lane.PollUntil(() => lane.Events.Count == 2);

        lane.Lane.Source.Seek(new InputPartition(0, 0), -1);
        lane.PollUntil(() => lane.Events.Count == 4);

        Assert.Equal([0L, 1, 0, 1], lane.Events.Select(e => e.Offset));
    }

    [Fact]
    public void An_event_that_is_ahead_of_the_clock_is_refused_as_such()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        broker.Produce(settings.Inputs[0].Topic, (0, null, "c0 1000"), (0, null, "c1 3000"));
        using var lane = new PolledLane(settings) { LatestPlausibleMs = 2_000 };

        lane.PollUntil(() => lane.AheadOfClock.Count == 1);

        Assert.Equal(1, lane.AheadOfClock[0].Offset);
        Assert.Single(lane.Events);
    }
}
