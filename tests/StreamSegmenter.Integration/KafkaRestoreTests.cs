using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Integration;

/// <summary>What a lane gets back from the changelog.</summary>
public sealed class KafkaRestoreTests
{
    [Fact]
    public void A_restore_gives_the_latest_value_of_every_key_of_its_partition()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(2, "clicks");
        using var lane = PolledLane.Joined(settings);
        lane.Commit((0, "a", "1"), (0, "b", "1"), (1, "a", "other"));
        lane.Commit((0, "a", "2"), (0, "c", "1"), (0, "b", ""));

        var state = new RestoredState();
        lane.Sink.Restore(0, 0, state, CancellationToken.None);

        Assert.Equal([("a", "2"), ("c", "1")], state.Values.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value)));
        Assert.Equal(5, state.Applied);
        Assert.Equal(0, state.Remaining);

        state = new RestoredState();
        lane.Sink.Restore(1, 0, state, CancellationToken.None);
        Assert.Equal("other", state.Values["a"]);
    }

    [Fact]
    public void A_restore_passes_over_the_lines_of_a_commit_that_broke_off()
    {
        using var broker = new TestBroker();
        using var lane = PolledLane.Joined(broker.Settings(1, "clicks"));
        lane.Commit((0, "a", "1"));
        for (var i = 0; i < 300; i++)
        {
            Assert.Equal(CommitOutcome.Committed, lane.Commit(CommitUnits.Half((0, "a", "half"), (0, "b", "half"))));
        }

        var state = new RestoredState();
        lane.Sink.Restore(0, 0, state, CancellationToken.None);

        Assert.Equal([("a", "1")], state.Values.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal(["a", "b"], state.Leftover.Distinct().Order());
    }

    [Fact]
    public void A_restore_without_transactions_writes_a_line_behind_all_that_may_not_be_readable_yet_and_passes_over_it()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        using var lane = PolledLane.Joined(settings);
        lane.Commit((0, "a", "1"));
        broker.Produce(settings.Outputs.Changelog, [.. Enumerable.Repeat((0, (string?)"\u0004", (string?)null), 200)]);
        var before = broker.ReadAll(settings.Outputs.Changelog).Count;

        var state = new RestoredState();
        using var heir = PolledLane.Apart(settings);
        heir.Sink.Restore(0, 0, state, CancellationToken.None);

        Assert.Equal([("a", "1")], state.Values.Select(pair => (pair.Key, pair.Value)));
        Assert.Empty(state.Leftover);
        var lines = broker.ReadAll(settings.Outputs.Changelog);
        Assert.Equal(before + 1, lines.Count);
        Assert.Equal(("\u0004", null), (lines[^1].Key, lines[^1].Value));
    }

    [Fact]
    public void A_lane_that_is_told_to_stop_while_its_restore_waits_can_still_commit_its_other_shards()
    {
        TestBroker.RequireEmbedded();
        const short Produce = 0;
        using var broker = new TestBroker();
        using var lane = PolledLane.Joined(broker.Settings(2, "clicks"));
        broker.Embedded!.DelayRequest(Produce, TimeSpan.FromSeconds(4));
        using var stopping = new CancellationTokenSource(TimeSpan.FromSeconds(1));

        Assert.ThrowsAny<OperationCanceledException>(() => lane.Sink.Restore(0, 0, new RestoredState(), stopping.Token));

        Assert.Equal(CommitOutcome.Committed, lane.Commit(CommitUnits.Of((1, "a", "1"))));
    }

    [Fact]
    public void A_restore_goes_on_from_where_the_last_commit_ended()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        using var lane = PolledLane.Joined(settings);
        Assert.Equal(0, lane.Sink.ChangelogPosition(0));
        lane.Commit((0, "a", "1"), (0, "b", "1"));
        var position = lane.Sink.ChangelogPosition(0);
        lane.Commit((0, "b", "2"));

        using var heir = PolledLane.Apart(settings);
        var state = new RestoredState();
        heir.Sink.Restore(0, position, state, CancellationToken.None);

        Assert.Equal([("b", "2")], state.Values.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal(lane.Sink.ChangelogPosition(0), heir.Sink.ChangelogPosition(0));
    }

    [Fact]
    public void A_restore_from_behind_the_changelogs_end_is_refused_with_a_remedy()
    {
        using var broker = new TestBroker();
        using var lane = PolledLane.Joined(broker.Settings(1, "clicks"));
        lane.Commit((0, "a", "1"));

        var e = Assert.Throws<ChangelogLostException>(() => lane.Sink.Restore(0, 99, new RestoredState(), CancellationToken.None));

        Assert.Contains("ends at offset 2, but the local state already holds 99", e.Message, StringComparison.Ordinal);
        Assert.Contains("remove the checkpoints of this shard", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_changelog_restores_nothing_and_ends()
    {
        using var broker = new TestBroker();
        using var lane = PolledLane.Joined(broker.Settings(1, "clicks"));
        var state = new RestoredState();

        lane.Sink.Restore(0, 0, state, CancellationToken.None);

        Assert.Equal(0, state.Applied);
    }

    [Fact]
    public void A_changelog_without_the_partition_is_a_clear_error()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        using var lane = PolledLane.Joined(settings);

        var e = Assert.Throws<KafkaLaneException>(() => lane.Sink.Restore(5, 0, new RestoredState(), CancellationToken.None));

        Assert.Contains($"Changelog topic '{settings.Outputs.Changelog}' cannot be read", e.Message, StringComparison.Ordinal);
    }

    /// <summary>As brokers do that go down or come up.</summary>
    [Fact]
    public void A_changelog_that_brokers_deny_for_a_moment_is_restored()
    {
        TestBroker.RequireEmbedded();
        const short ListOffsets = 2;
        const int UnknownTopicOrPartition = 3;
        using var broker = new TestBroker();
        using var lane = PolledLane.Joined(broker.Settings(1, "clicks"));
        lane.Commit((0, "a", "1"));
        using var heir = PolledLane.Apart(lane.Settings);
        var state = new RestoredState();
        broker.Embedded!.FailRequests(ListOffsets, [.. Enumerable.Repeat(UnknownTopicOrPartition, 10)]);

        heir.Sink.Restore(0, 0, state, CancellationToken.None);

        Assert.Equal("1", state.Values["a"]);
        Assert.Equal(0, broker.Embedded.DelayedRequests(ListOffsets));
    }

    [Fact]
    public void A_restore_waits_for_an_absent_broker_until_it_is_cancelled()
    {
        TestBroker.RequireEmbedded();
        using var broker = new TestBroker();
        using var lane = PolledLane.Joined(broker.Settings(1, "clicks"));
        broker.Embedded!.GoDown();
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));

        Assert.Throws<OperationCanceledException>(() => lane.Sink.Restore(0, 0, new RestoredState(), cancellation.Token));
    }

    [Fact]
    public void A_damaged_changelog_is_an_error_and_never_an_empty_start()
    {
        TestBroker.RequireEmbedded();
        using var broker = new TestBroker();
        // With checksums on, the embedded broker's transaction markers are damaged records: here behind the signature and two lines.
        var settings = broker.Settings(1, "clicks") with { Delivery = DeliveryMode.ExactlyOnce };
        using var lane = PolledLane.Joined(settings);
        lane.Commit((0, "a", "1"));

        var e = Assert.Throws<KafkaLaneException>(() => lane.Sink.Restore(0, 0, new RestoredState(), CancellationToken.None));

        Assert.Contains("is damaged at offset 3", e.Message, StringComparison.Ordinal);
    }
}
