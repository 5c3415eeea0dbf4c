using System.Text;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Lanes;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Integration;

public sealed class KafkaLaneSinkTests
{
    [Fact]
    public void A_commit_writes_outputs_changelog_and_offsets_and_a_successor_goes_on_from_them()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(2, "clicks");
        broker.ProduceEvents(settings.Inputs[0].Topic, count: 10, partitions: 2);
        using (var lane = new PolledLane(settings))
        {
            lane.PollUntil(() => lane.Events.Count == 10);
            var unit = Unit(changelog: [(0, "a", "1"), (1, "b", "2"), (1, "gone", "")]);
            unit.Outbox.CartAbandoned.Add(Trigger("t1", "ann"));
            unit.Outbox.MembershipChanges.Add(new MembershipChange("vip", "00", MembershipKind.Entered, "ann", 1, 1, []));
            unit.Outbox.DeadLetters.Add(new DeadLetter("clicks", 0, 3, "why ", "k"u8.ToArray(), "raw"u8.ToArray()));
            unit.Outbox.LateEvents.Add(new LateEvent("clicks", 0, 4, "bob", "product_viewed", 1, 2));
            unit.Offsets[new InputPartition(0, 0)] = 3;
            unit.Offsets[new InputPartition(0, 1)] = 5;

            Assert.Equal(CommitOutcome.Committed, lane.Lane.Sink.Commit(unit, CancellationToken.None));
            lane.Lane.Source.Close();
        }

        Assert.Equal(("ann", "t1"), KeyAndValue(Assert.Single(broker.ReadAll(settings.Outputs.CartAbandonment))));
        Assert.Equal(("ann/vip", "Entered"), KeyAndValue(Assert.Single(broker.ReadAll(settings.Outputs.SegmentMembership))));
        Assert.Equal(("k", "why raw"), KeyAndValue(Assert.Single(broker.ReadAll(settings.Outputs.DeadLetters))));
        Assert.Equal(("bob", "product_viewed"), KeyAndValue(Assert.Single(broker.ReadAll(settings.Outputs.LateEvents))));
        Assert.Equal(
            [(0, "a", "1"), (1, "b", "2"), (1, "gone", null)],
            broker.ReadAll(settings.Outputs.Changelog).Where(line => line.Key != "\0").Order());

        using var successor = new PolledLane(settings);
        successor.PollUntil(() => successor.Events.Count == 2);
        successor.PollFor(200);
        Assert.Equal([(0, 0, 3L, "c6"), (0, 0, 4L, "c8")], successor.Events);
    }

    [Fact]
    public void A_restore_gives_the_latest_value_of_every_key_of_its_partition()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(2, "clicks");
        using var lane = Lane(settings);
        Commit(lane, (0, "a", "1"), (0, "b", "1"), (1, "a", "other"));
        Commit(lane, (0, "a", "2"), (0, "c", "1"), (0, "b", ""));

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
        using var lane = Lane(broker.Settings(1, "clicks"));
        Commit(lane, (0, "a", "1"));
        for (var i = 0; i < 300; i++)
        {
            Assert.Equal(CommitOutcome.Committed, lane.Sink.Commit(HalfUnit((0, "a", "half"), (0, "b", "half")), CancellationToken.None));
        }

        var state = new RestoredState();
        lane.Sink.Restore(0, 0, state, CancellationToken.None);

        Assert.Equal([("a", "1")], state.Values.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal(["a", "b"], state.Leftover.Distinct().Order());
    }

    [Fact]
    public void A_restore_goes_on_from_where_the_last_commit_ended()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        using var lane = Lane(settings);
        Assert.Equal(0, lane.Sink.ChangelogPosition(0));
        Commit(lane, (0, "a", "1"), (0, "b", "1"));
        var position = lane.Sink.ChangelogPosition(0);
        Commit(lane, (0, "b", "2"));

        using var heir = Lane(settings);
        var state = new RestoredState();
        heir.Sink.Restore(0, position, state, CancellationToken.None);

        Assert.Equal([("b", "2")], state.Values.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal(lane.Sink.ChangelogPosition(0), heir.Sink.ChangelogPosition(0));
    }

    [Fact]
    public void A_restore_from_behind_the_changelogs_end_is_refused_with_a_remedy()
    {
        using var broker = new TestBroker();
        using var lane = Lane(broker.Settings(1, "clicks"));
        Commit(lane, (0, "a", "1"));

        var e = Assert.Throws<ChangelogLostException>(() => lane.Sink.Restore(0, 99, new RestoredState(), CancellationToken.None));

        Assert.Contains("ends at offset 2, but the local state already holds 99", e.Message, StringComparison.Ordinal);
        Assert.Contains("remove the checkpoints of this shard", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_changelog_restores_nothing_and_ends()
    {
        using var broker = new TestBroker();
        using var lane = Lane(broker.Settings(1, "clicks"));
        var state = new RestoredState();

        lane.Sink.Restore(0, 0, state, CancellationToken.None);

        Assert.Equal(0, state.Applied);
    }

    [Fact]
    public void A_changelog_without_the_partition_is_a_clear_error()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        using var lane = Lane(settings);

        var e = Assert.Throws<KafkaLaneException>(() => lane.Sink.Restore(5, 0, new RestoredState(), CancellationToken.None));

        Assert.Contains($"Changelog topic '{settings.Outputs.Changelog}' cannot be read", e.Message, StringComparison.Ordinal);
    }

    [EmbeddedBrokerFact]
    public void A_restore_waits_for_an_absent_broker_until_it_is_cancelled()
    {
        using var broker = new TestBroker();
        using var lane = Lane(broker.Settings(1, "clicks"));
        broker.Embedded!.GoDown();
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));

        Assert.Throws<OperationCanceledException>(() => lane.Sink.Restore(0, 0, new RestoredState(), cancellation.Token));
    }

    [Fact]
    public void A_record_that_is_too_large_fails_for_good_and_commits_no_offset()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks") with { RecordBytesMax = 2_000 };
        broker.Produce(settings.Inputs[0].Topic, (0, null, "c 1"));
        using (var lane = new PolledLane(settings))
        {
            lane.PollUntil(() => lane.Events.Count == 1);
            var unit = Unit();
            unit.Outbox.DeadLetters.Add(new DeadLetter("clicks", 0, 0, "why", default, new byte[5_000]));
            unit.Offsets[new InputPartition(0, 0)] = 1;

            var outcome = lane.Lane.Sink.Commit(unit, CancellationToken.None);

            Assert.Equal(CommitStatus.Failed, outcome.Status);
            Assert.Contains("kafka.recordMax", outcome.Reason, StringComparison.Ordinal);
            lane.Lane.Source.Close();
        }

        using var successor = new PolledLane(settings);
        successor.PollUntil(() => successor.Events.Count == 1);
    }

    [EmbeddedBrokerFact]
    public void A_record_that_the_broker_refuses_fails_the_commit_and_names_its_topic()
    {
        const short Produce = 0;
        const int TopicAuthorizationFailed = 29;
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        using var lane = new PolledLane(settings);
        lane.PollUntil(() => lane.Progress.Count == 1);
        broker.Embedded!.FailRequests(Produce, TopicAuthorizationFailed);

        var outcome = lane.Lane.Sink.Commit(Unit(changelog: [(0, "a", "1")]), CancellationToken.None);

        Assert.Equal(CommitStatus.Failed, outcome.Status);
        Assert.Contains($"topic '{settings.Outputs.Changelog}'", outcome.Reason, StringComparison.Ordinal);
        Assert.Contains("grant this user WRITE", outcome.Reason, StringComparison.Ordinal);
    }

    [EmbeddedBrokerFact]
    public void A_commit_without_brokers_is_aborted_in_time_and_the_next_one_succeeds()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks") with { CommitTimeoutMs = 1_500 };
        using var lane = new PolledLane(settings);
        lane.PollUntil(() => lane.Progress.Count == 1);
        broker.Embedded!.GoDown();

        var outcome = lane.Lane.Sink.Commit(Unit(changelog: [(0, "a", "lost")]), CancellationToken.None);
        Assert.Equal(CommitStatus.InDoubt, outcome.Status);
        Assert.NotNull(outcome.Reason);

        broker.Embedded.GoUp();
        lane.PollUntil(() => lane.Lane.Sink.Commit(Unit(changelog: [(0, "a", "kept")]), CancellationToken.None).Status
            == CommitStatus.Committed);
        Assert.Equal((0, "a", "kept"), broker.ReadAll(settings.Outputs.Changelog)[^2]);
    }

    [EmbeddedBrokerFact]
    public void Offsets_without_brokers_are_given_up_in_time_and_leaving_does_not_wait_for_them()
    {
        using var broker = new TestBroker();
        using var lane = new PolledLane(broker.Settings(1, "clicks") with { CommitTimeoutMs = 500, SessionTimeoutMs = 45_000 });
        lane.PollUntil(() => lane.Progress.Count == 1);
        broker.Embedded!.GoDown();
        lane.PollUntil(() => !lane.Lane.Status.IsConnected);
        var unit = Unit();
        unit.Offsets[new InputPartition(0, 0)] = 0;
        var started = Environment.TickCount64;

        Assert.Equal(CommitStatus.InDoubt, lane.Lane.Sink.Commit(unit, CancellationToken.None).Status);
        lane.Lane.Source.Close();

        Assert.InRange(Environment.TickCount64 - started, 400, 10_000);
    }

    [EmbeddedBrokerFact]
    public void Offsets_that_the_broker_refuses_leave_the_commit_in_doubt()
    {
        const short OffsetCommit = 8;
        const int UnknownMember = 25;
        using var broker = new TestBroker();
        using var lane = new PolledLane(broker.Settings(1, "clicks"));
        lane.PollUntil(() => lane.Progress.Count == 1);
        broker.Embedded!.FailRequests(OffsetCommit, UnknownMember);
        var unit = Unit();
        unit.Offsets[new InputPartition(0, 0)] = 0;

        var outcome = lane.Lane.Sink.Commit(unit, CancellationToken.None);

        Assert.Equal(CommitStatus.InDoubt, outcome.Status);
    }

    // The embedded broker refuses every commit while its group changes.
    [RealBrokerFact]
    public void A_revoked_lane_can_still_commit_and_its_successor_sees_it()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        broker.Produce(settings.Inputs[0].Topic, (0, null, "c0 1"), (0, null, "c1 2"));
        using var first = new PolledLane(settings, 0);
        first.PollUntil(() => first.Events.Count == 2);
        var outcome = default(CommitOutcome?);
        first.Listener.Revoking = () =>
        {
            var unit = Unit();
            unit.Offsets[new InputPartition(0, 0)] = 1;
            outcome = first.Lane.Sink.Commit(unit, CancellationToken.None);
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
    public void A_transactional_commit_is_visible_to_those_who_read_committed()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks") with
        {
            Delivery = DeliveryMode.ExactlyOnce,
            // The embedded broker's transaction markers carry no checksum.
            ConsumerProperties = new Dictionary<string, string> { ["check.crcs"] = "false" },
        };
        using var lane = new PolledLane(settings);
        lane.PollUntil(() => lane.Progress.Count == 1);
        for (var i = 0; i < 3; i++)
        {
            var unit = Unit(changelog: [(0, "a", $"{i}")]);
            unit.Outbox.CartAbandoned.Add(Trigger($"t{i}", "ann"));
            unit.Offsets[new InputPartition(0, 0)] = 0;
            Assert.Equal(CommitOutcome.Committed, lane.Lane.Sink.Commit(unit, CancellationToken.None));
        }

        Assert.Equal(["t0", "t1", "t2"], broker.ReadAll(settings.Outputs.CartAbandonment).Select(record => record.Value));
        var state = new RestoredState();
        lane.Lane.Sink.Restore(0, 0, state, CancellationToken.None);
        Assert.Equal("2", state.Values["a"]);
    }

    [EmbeddedBrokerFact]
    public void A_damaged_changelog_is_an_error_and_never_an_empty_start()
    {
        using var broker = new TestBroker();
        // With checksums on, the embedded broker's transaction markers are damaged records.
        var settings = broker.Settings(1, "clicks") with { Delivery = DeliveryMode.ExactlyOnce };
        using var lane = Lane(settings);
        Commit(lane, (0, "a", "1"));

        var e = Assert.Throws<KafkaLaneException>(() => lane.Sink.Restore(0, 0, new RestoredState(), CancellationToken.None));

        Assert.Contains("is damaged at offset 2", e.Message, StringComparison.Ordinal);
    }

    [RealBrokerFact]
    public void A_lane_of_the_same_instance_fences_its_predecessor()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks") with { Delivery = DeliveryMode.ExactlyOnce, InstanceId = broker.Name("one") };
        using var zombie = Lane(settings);
        Commit(zombie, (0, "a", "1"));
        using var heir = Lane(settings);
        Commit(heir, (0, "a", "2"));

        var outcome = zombie.Sink.Commit(Unit(changelog: [(0, "a", "3")]), CancellationToken.None);
        Assert.True(outcome.Status == CommitStatus.Fenced, $"{outcome.Status}: {outcome.Reason}");
        var state = new RestoredState();
        heir.Sink.Restore(0, 0, state, CancellationToken.None);
        Assert.Equal("2", state.Values["a"]);
    }

    private static KafkaLane Lane(KafkaSettings settings) =>
        new(settings, 0, [new PlainDecoder()], new PlainEncoder(), TimeProvider.System);

    private static void Commit(KafkaLane lane, params (int, string, string)[] changelog) =>
        Assert.Equal(CommitOutcome.Committed, lane.Sink.Commit(Unit(changelog), CancellationToken.None));

    private static CommitUnit Unit(params (int Partition, string Key, string Value)[] changelog)
    {
        var unit = HalfUnit(changelog);
        unit.Changelog.AddRange(changelog.Select(line => line.Partition).Distinct()
            .Select(partition => new ChangelogRecord(partition, StateKey.ShardKey, new byte[] { 1 })));
        return unit;
    }

    /// <summary>Without the shard's own line, by which a restore knows that a commit is complete.</summary>
    private static CommitUnit HalfUnit(params (int Partition, string Key, string Value)[] changelog)
    {
        var unit = new CommitUnit { Outbox = new Outbox() };
        unit.Changelog.AddRange(changelog.Select(
            line => new ChangelogRecord(line.Partition, Encoding.UTF8.GetBytes(line.Key), Encoding.UTF8.GetBytes(line.Value))));
        return unit;
    }

    private static CartAbandoned Trigger(string id, string customer) => new(
        id, "rule", "00", TriggerKind.Emitted, 1, CartStage.Cart, customer, null, [], null, null, 0, 0, 0,
        new Dictionary<string, string>());

    private static (string?, string?) KeyAndValue((int, string? Key, string? Value) record) => (record.Key, record.Value);
}
