using StreamSegmenter.Connectors.Kafka;

namespace StreamSegmenter.Integration;

/// <summary>Two processes under one <c>kafka.instance</c>, with the broker's own group protocol: the broker refuses the second for as long
/// as the first's session lasts, alive or killed, unless it takes the name over.</summary>
public sealed class InstanceNameTests
{
    private const short SyncGroup = 14;
    private const int FencedInstanceId = 82;
    private static readonly string[] Named = ["--set", "kafka.instance=same", "--set", "kafka.groupProtocol=consumer"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A coordinator that dies between a lane's joining and its being given partitions takes along that it has joined.</summary>
    [Fact]
    public void Who_is_fenced_while_it_joins_may_join_anew()
    {
        TestBroker.RequireEmbedded();
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks") with { InstanceId = broker.Name("one") };
        broker.Embedded!.FailRequests(SyncGroup, FencedInstanceId);
        using (var fenced = new PolledLane(settings))
        {
            Assert.True(Assert.Throws<InstanceHeldException>(() => fenced.PollUntil(() => fenced.Listener.Owned.Count > 0)).IsFenced);
        }

        using var again = PolledLane.Joined(settings);
        again.Commit((0, "a", "1"));
    }

    [Fact]
    public void Who_is_fenced_after_it_had_joined_must_stop()
    {
        TestBroker.RequireEmbedded();
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks") with { InstanceId = broker.Name("one") };
        using var lane = PolledLane.Joined(settings);
        broker.Embedded!.FailRequests(ProxyConnection.Heartbeat, FencedInstanceId);

        var e = Assert.Throws<KafkaLaneException>(() => lane.PollUntil(() => false));

        Assert.Contains("if another one runs with the same kafka.instance in this group, give each its own", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_engine_that_is_fenced_while_it_joins_says_so_and_joins_anew()
    {
        TestBroker.RequireEmbedded();
        using var shop = new RunningShop();
        shop.Broker.Fail(SyncGroup, FencedInstanceId);

        using var engine = shop.StartEngine("--set", "kafka.instance=same");

        Wait.Until(() => engine.Readiness() == "ready", Patience, engine);
        Assert.Contains("fenced this lane while it joined, and knows another member by the name 'same' (kafka.instance)", engine.Said, StringComparison.Ordinal);
        Assert.Equal("", shop.CompareWithReplay(engine, Patience));
    }

    [Fact]
    public void Who_comes_under_the_name_of_a_killed_process_takes_it_over_and_goes_on()
    {
        TestBroker.RequireReal();
        using var shop = new RunningShop();
        using var first = shop.StartEngine(Named);
        Wait.Until(() => first.Readiness() == "ready" && shop.LagBelow(2_000), Patience, first);
        first.Kill();

        using var second = shop.StartEngine(Named);

        Wait.Until(() => second.Readiness() == "ready", Patience, second);
        Assert.Contains("still keeps the name 'same' (kafka.instance)", second.Said, StringComparison.Ordinal);
        Assert.Contains("took the name over", second.Said, StringComparison.Ordinal);
        Assert.Equal("", shop.CompareWithReplay(second, Patience));
    }

    /// <summary>Else they would take it from each other for ever. Exactly-once, since nothing else fences a process that lives.</summary>
    [Fact]
    public void Who_lost_its_name_to_a_living_process_does_not_take_it_back()
    {
        TestBroker.RequireReal();
        using var shop = new RunningShop(plan => plan with { ExactlyOnce = true });
        using var first = shop.StartEngine(Named);
        Wait.Until(() => first.Readiness() == "ready" && shop.LagBelow(2_000), Patience, first);

        using var second = shop.StartEngine(Named);
        Wait.Until(() => second.Readiness() == "ready", Patience, second);

        // It learns of it by a commit, which fences it for good, or by a heartbeat, and then it waits for the name.
        Wait.Until(() => first.HasExited || first.Said.Contains("still keeps the name 'same' (kafka.instance)", StringComparison.Ordinal), Patience, first);
        Assert.NotEqual("ready", first.Readiness());
        Assert.Contains("give each", first.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("took the name over", first.Said, StringComparison.Ordinal);
        Assert.Equal("", shop.CompareWithReplay(second, Patience));
        Assert.Equal("ready", second.Readiness());
    }
}
