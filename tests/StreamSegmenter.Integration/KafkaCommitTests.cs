using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Integration;

/// <summary>What a commit writes, and what becomes of one that cannot be written.</summary>
public sealed class KafkaCommitTests
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
            var unit = CommitUnits.Of([(0, "a", "1"), (1, "b", "2"), (1, "gone", "")]);
            unit.Outbox.CartAbandoned.Add(CommitUnits.Trigger("t1", "ann"));
            unit.Outbox.MembershipChanges.Add(new MembershipChange("vip", "00", MembershipKind.Entered, "ann", 1, 1, []));
            unit.Outbox.DeadLetters.Add(new DeadLetter("clicks", 0, 3, "why ", "k"u8.ToArray(), "raw"u8.ToArray()));
            unit.Outbox.LateEvents.Add(new LateEvent("clicks", 0, 4, "bob", "product_viewed", 1, 2));
            unit.Offsets[new InputPartition(0, 0)] = 3;
            unit.Offsets[new InputPartition(0, 1)] = 5;

            Assert.Equal(CommitOutcome.Committed, lane.Commit(unit));
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
    public void A_record_that_is_too_large_fails_for_good_and_commits_no_offset()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks") with { RecordBytesMax = 2_000 };
        broker.Produce(settings.Inputs[0].Topic, (0, null, "c 1"));
        using (var lane = new PolledLane(settings))
        {
            lane.PollUntil(() => lane.Events.Count == 1);
            var unit = CommitUnits.Of();
            unit.Outbox.DeadLetters.Add(new DeadLetter("clicks", 0, 0, "why", default, new byte[5_000]));
            unit.Offsets[new InputPartition(0, 0)] = 1;

            var outcome = lane.Commit(unit);

            Assert.Equal(CommitStatus.Failed, outcome.Status);
            Assert.Contains("kafka.recordMax", outcome.Reason, StringComparison.Ordinal);
            lane.Lane.Source.Close();
        }

        using var successor = new PolledLane(settings);
        successor.PollUntil(() => successor.Events.Count == 1);
    }

    [Fact]
    public void A_record_that_the_broker_refuses_fails_the_commit_and_names_its_topic()
    {
        TestBroker.RequireEmbedded();
        const short Produce = 0;
        const int TopicAuthorizationFailed = 29;
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        using var lane = new PolledLane(settings);
        lane.PollUntil(() => lane.Progress.Count == 1);
        broker.Embedded!.FailRequests(Produce, TopicAuthorizationFailed);

        var outcome = lane.Commit(CommitUnits.Of([(0, "a", "1")]));

        Assert.Equal(CommitStatus.Failed, outcome.Status);
        Assert.Contains($"topic '{settings.Outputs.Changelog}'", outcome.Reason, StringComparison.Ordinal);
        Assert.Contains("grant this user WRITE", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_commit_without_brokers_is_aborted_in_time_and_the_next_one_succeeds()
    {
        TestBroker.RequireEmbedded();
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks") with { CommitTimeoutMs = 1_500 };
        using var lane = PolledLane.Joined(settings);
        broker.Embedded!.GoDown();

        var outcome = lane.Commit(CommitUnits.Of((0, "a", "lost")));
        Assert.Equal(CommitStatus.Aborted, outcome.Status);
        Assert.NotNull(outcome.Reason);

        broker.Embedded.GoUp();
        lane.PollUntil(() => lane.Commit(CommitUnits.Of((0, "a", "kept"))).Status == CommitStatus.Committed);
        Assert.Equal([(0, "a", "kept")], broker.ReadAll(settings.Outputs.Changelog).Where(line => line.Key == "a"));
    }

    [Fact]
    public void Lines_that_the_broker_does_not_confirm_in_time_leave_the_commit_in_doubt()
    {
        TestBroker.RequireEmbedded();
        const short Produce = 0;
        using var broker = new TestBroker();
        using var lane = PolledLane.Joined(broker.Settings(1, "clicks") with { CommitTimeoutMs = 1_500 });
        broker.Embedded!.DelayRequest(Produce, TimeSpan.FromSeconds(4));

        Assert.Equal(CommitStatus.InDoubt, lane.Commit(CommitUnits.Of((0, "a", "1"))).Status);
    }

    [Fact]
    public void Offsets_without_brokers_are_given_up_in_time_and_leaving_does_not_wait_for_them()
    {
        TestBroker.RequireEmbedded();
        using var broker = new TestBroker();
        using var lane = new PolledLane(broker.Settings(1, "clicks") with { CommitTimeoutMs = 500, SessionTimeoutMs = 45_000 });
        lane.PollUntil(() => lane.Progress.Count == 1);
        broker.Embedded!.GoDown();
        lane.PollUntil(() => !lane.Lane.Status.IsConnected);
        var unit = CommitUnits.Offset(0);
        var started = Environment.TickCount64;

        Assert.Equal(CommitStatus.InDoubt, lane.Commit(unit).Status);
        lane.Lane.Source.Close();

        Assert.InRange(Environment.TickCount64 - started, 400, 10_000);
    }

    [Fact]
    public void Offsets_that_the_broker_refuses_leave_the_commit_in_doubt()
    {
        TestBroker.RequireEmbedded();
        const short OffsetCommit = 8;
        const int UnknownMember = 25;
        using var broker = new TestBroker();
        using var lane = new PolledLane(broker.Settings(1, "clicks"));
        lane.PollUntil(() => lane.Progress.Count == 1);
        broker.Embedded!.FailRequests(OffsetCommit, UnknownMember);
        var unit = CommitUnits.Offset(0);

        var outcome = lane.Commit(unit);

        Assert.Equal(CommitStatus.InDoubt, outcome.Status);
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
            var unit = CommitUnits.Of([(0, "a", $"{i}")]);
            unit.Outbox.CartAbandoned.Add(CommitUnits.Trigger($"t{i}", "ann"));
            unit.Offsets[new InputPartition(0, 0)] = 0;
            Assert.Equal(CommitOutcome.Committed, lane.Commit(unit));
        }

        Assert.Equal(["t0", "t1", "t2"], broker.ReadAll(settings.Outputs.CartAbandonment).Select(record => record.Value));
        var state = new RestoredState();
        lane.Sink.Restore(0, 0, state, CancellationToken.None);
        Assert.Equal("2", state.Values["a"]);
    }

    private static (string?, string?) KeyAndValue((int, string? Key, string? Value) record) => (record.Key, record.Value);
}
