using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Integration;

/// <summary>A changelog topic that was deleted and made again is another, although it has the name of the first.</summary>
public sealed class RecreatedChangelogTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_changelog_has_an_id_which_every_lane_is_told_alike()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        using var one = PolledLane.Apart(settings);
        using var two = PolledLane.Apart(settings);
        using var other = PolledLane.Apart(settings with { Outputs = settings.Outputs with { Changelog = settings.Outputs.LateEvents } });

        var id = one.Sink.ChangelogId(CancellationToken.None);

        Assert.NotEqual("", id);
        Assert.Equal(id, two.Sink.ChangelogId(CancellationToken.None));
        Assert.NotEqual(id, other.Sink.ChangelogId(CancellationToken.None));
    }

    [Fact]
    public void A_changelog_that_is_not_there_has_none()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        using var lane = PolledLane.Apart(settings with { Outputs = settings.Outputs with { Changelog = broker.Name("nowhere") } });

        Assert.Equal("", lane.Sink.ChangelogId(CancellationToken.None));
    }

    [Fact]
    public void While_no_broker_answers_it_is_waited_for_until_the_lane_stops()
    {
        TestBroker.RequireEmbedded();
        using var broker = new TestBroker();
        using var lane = PolledLane.Apart(broker.Settings(1, "clicks"));
        broker.Embedded!.GoDown();
        using var stopping = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));

        Assert.Throws<OperationCanceledException>(() => lane.Sink.ChangelogId(stopping.Token));
    }

    [Theory]
    [InlineData(DeliveryMode.ExactlyOnce)]
    [InlineData(DeliveryMode.AtLeastOnce)]
    public void A_lane_that_serves_meanwhile_does_not_write_on_as_if_nothing_was_lost(Enum delivery)
    {
        TestBroker.RequireReal();
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks") with { Delivery = (DeliveryMode)delivery };
        using var lane = PolledLane.Joined(settings);
        lane.Commit((0, "ann", "1"), (0, "bob", "1"));
        RealTopics.MakeAgain(broker.BootstrapServers, settings.Outputs.Changelog, 1);

        var outcome = CommitOutcome.Committed;
        lane.PollUntil(() => (outcome = lane.Commit(CommitUnits.Of((0, "ann", "2")))).Status != CommitStatus.Aborted);

        Assert.Equal(CommitStatus.Failed, outcome.Status);
        Assert.Contains($"partition 0 of changelog topic '{settings.Outputs.Changelog}' went back from offset ", outcome.Reason, StringComparison.Ordinal);
        Assert.Contains("name a new changelog topic and a new group", outcome.Reason, StringComparison.Ordinal);
        if ((DeliveryMode)delivery == DeliveryMode.ExactlyOnce)
        {
            Assert.Empty(broker.ReadAll(settings.Outputs.Changelog));
        }
    }

    [Fact]
    public void Checkpoints_of_the_one_are_not_used_with_the_other()
    {
        TestBroker.RequireReal();
        using var shop = new RunningShop();
        string[] kept = ["--set", $"engine.stateDirectory={shop.PathOf("kept")}", "--set", "engine.checkpointInterval=1s"];
        using (var engine = shop.StartEngine(kept))
        {
            Wait.Until(() => engine.Readiness() == "ready" && Checkpoints(shop) >= 4, Patience, engine);
            Stop(engine);
        }

        using (var engine = shop.StartEngine(kept))
        {
            Wait.Until(() => engine.Readiness() == "ready", Patience, engine);
            Assert.DoesNotContain("is not used", engine.Said, StringComparison.Ordinal);
            Stop(engine);
        }

        shop.MakeChangelogAgain();
        using (var another = shop.StartEngine())
        {
            Wait.Until(() => another.Readiness() == "ready" && shop.LagBelow(500), Patience, another);
            Stop(another);
        }

        using var heir = shop.StartEngine(kept);
        Wait.Until(() => heir.Readiness() == "ready", Patience, heir);
        Assert.Contains($"it goes with the changelog '{shop.Topics.Changelog}' of id '", heir.Said, StringComparison.Ordinal);
        Assert.Contains("it was made again. An older one or the changelog is.", heir.Said, StringComparison.Ordinal);
    }

    private static int Checkpoints(RunningShop shop) => !Directory.Exists(shop.PathOf("kept")) ? 0
        : Directory.EnumerateFiles(shop.PathOf("kept"), "*.manifest", SearchOption.AllDirectories).Count();

    private static void Stop(Chaos.EngineProcess engine)
    {
        engine.Terminate();
        Assert.True(engine.WaitForExit(Patience), engine.Said);
    }
}
