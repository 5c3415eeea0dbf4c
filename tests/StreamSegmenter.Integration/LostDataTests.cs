using Confluent.Kafka;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Integration;

/// <summary>What was there before and is gone: it is said, and never taken for a fresh start.</summary>
public sealed class LostDataTests
{
    [Fact]
    public void A_group_with_offsets_but_without_a_changelog_is_refused_with_what_to_do()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        broker.Produce(settings.Inputs[0].Topic, (0, null, "c0 1"), (0, null, "c1 2"));
        using (var lane = new PolledLane(settings))
        {
            lane.PollUntil(() => lane.Events.Count == 2);
            Assert.Equal(CommitOutcome.Committed, lane.Commit(CommitUnits.Offset(2)));
            lane.Lane.Source.Close();
        }

        using var heir = new PolledLane(settings with { Outputs = settings.Outputs with { Changelog = broker.CreateTopic("other", 1) } });
        heir.Listener.Assigned = shard => heir.Sink.Restore(shard, 0, new RestoredState(), CancellationToken.None);

        var e = Assert.Throws<ChangelogLostException>(() => heir.PollUntil(() => heir.Listener.Owned.Count == 1));
        Assert.Contains("holds no commit, but group", e.Message, StringComparison.Ordinal);
        Assert.Contains("up to offset 2", e.Message, StringComparison.Ordinal);
        Assert.Contains("name a new group and a new changelog", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_that_has_read_nothing_begins_with_an_empty_changelog()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        using var lane = new PolledLane(settings);
        var state = new RestoredState();
        lane.Listener.Assigned = shard => lane.Sink.Restore(shard, 0, state, CancellationToken.None);

        lane.PollUntil(() => lane.Listener.Owned.Count == 1);

        Assert.Equal(0, state.Applied);
    }

    // The embedded broker deletes nothing on request.
    [Fact]
    public void Records_that_were_deleted_unread_are_told_and_counted_and_reading_goes_on_behind_them()
    {
        TestBroker.RequireReal();
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        var topic = settings.Inputs[0].Topic;
        broker.ProduceEvents(topic, count: 20, partitions: 1);
        Delete(broker, topic, before: 12);
        var losses = new List<LostRecords>();
        using var lane = new PolledLane(settings, lost: losses.Add);
        lane.Listener.StartOffsets[0] = [5];

        lane.PollUntil(() => lane.Events.Count == 8);

        Assert.Equal([new LostRecords(0, topic, 0, 5, 7)], losses);
        Assert.Equal(12, lane.Events[0].Offset);
    }

    [Fact]
    public void Records_that_are_deleted_while_their_partition_is_paused_are_told_too()
    {
        TestBroker.RequireReal();
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        var topic = settings.Inputs[0].Topic;
        broker.ProduceEvents(topic, count: 5, partitions: 1);
        var losses = new List<LostRecords>();
        using var lane = new PolledLane(settings, lost: losses.Add);
        lane.PollUntil(() => lane.Events.Count == 5);
        lane.Lane.Source.Pause(new InputPartition(0, 0));
        lane.PollFor(500);
        broker.ProduceEvents(topic, count: 10, partitions: 1);
        Delete(broker, topic, before: 11);

        lane.Lane.Source.Resume(new InputPartition(0, 0));
        lane.PollUntil(() => lane.Events.Count == 9);

        Assert.Equal([new LostRecords(0, topic, 0, 5, 6)], losses);
    }

    private static void Delete(TestBroker broker, string topic, long before)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build();
        admin.DeleteRecordsAsync([new TopicPartitionOffset(topic, 0, before)]).GetAwaiter().GetResult();
    }
}
