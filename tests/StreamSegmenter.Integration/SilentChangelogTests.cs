using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Integration;

/// <summary>Clients of a commit or a restore that hear nothing, although the brokers answer others.</summary>
public sealed class SilentChangelogTests
{
    [Fact]
    public void A_restore_whose_reader_is_not_answered_ends_and_can_be_done_again()
    {
        using var silenced = new SilencedLane();
        using (var writer = PolledLane.Joined(silenced.Settings))
        {
            writer.Commit((0, "customer", "state"));
        }

        silenced.Proxy.Apply(ProxyFault.Silence(connection => connection.IsOfALane && connection.ClientId!.EndsWith("-restore", StringComparison.Ordinal)));
        using (var lane = PolledLane.Apart(silenced.Settings))
        {
            var wedged = Assert.Throws<WedgedClientException>(() => lane.Sink.Restore(0, 0, new RestoredState(), TestContext.Current.CancellationToken));
            Assert.Equal(SilentClient.Restore, wedged.Client);
            lane.Abandon();
        }

        silenced.Proxy.Heal();
        using var successor = PolledLane.Apart(silenced.Settings);
        var state = new RestoredState();
        successor.Sink.Restore(0, 0, state, TestContext.Current.CancellationToken);
        Assert.Equal("state", state.Values["customer"]);
    }

    [Fact]
    public void A_producer_whose_records_are_refused_for_want_of_replicas_hears_its_brokers_and_is_not_replaced()
    {
        TestBroker.RequireEmbedded();
        const int NotEnoughReplicas = 19;
        using var broker = new TestBroker();
        var replaced = new List<string>();
        using var lane = new PolledLane(broker.Settings(1, "clicks") with { SilenceMaxMs = 4_000, CommitTimeoutMs = 12_000 }, replaced: replaced.Add);
        lane.PollUntil(() => lane.Listener.Owned.Count > 0);
        broker.Embedded!.FailRequests(ProxyConnection.Produce, [.. Enumerable.Repeat(NotEnoughReplicas, 500)]);

        var outcome = lane.Commit(CommitUnits.Of((0, "customer", "state")));

        Assert.Empty(replaced);
        Assert.Contains("kafka.commitTimeout", outcome.Reason, StringComparison.Ordinal);
        Assert.Contains("min.insync.replicas", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_producer_that_is_not_answered_is_replaced_by_the_next_commit()
    {
        using var silenced = new SilencedLane();
        using var lane = silenced.Reading(0, settings => settings with { CommitTimeoutMs = 60_000 });
        lane.Commit((0, "customer", "first"));
        silenced.Proxy.Apply(ProxyFault.Silence(connection => connection.IsOfALane && connection.HasRequested(ProxyConnection.Produce)));
        var started = Environment.TickCount64;

        var outcome = lane.Commit(CommitUnits.Of((0, "customer", "second")));

        Assert.Equal(CommitStatus.InDoubt, outcome.Status);
        Assert.Contains("a commit has heard nothing for", Assert.Single(silenced.ReplacedProducers), StringComparison.Ordinal);
        Assert.InRange(Environment.TickCount64 - started, SilencedLane.SilenceMaxMs, SilencedLane.SecondsMax * 1_000);
        silenced.Proxy.Heal();
        lane.PollFor(500);
        lane.Commit((0, "customer", "third"));
    }
}
