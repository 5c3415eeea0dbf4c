namespace StreamSegmenter.Integration;

/// <summary>SIGTERM and SIGHUP to the real process.</summary>
public sealed class StopTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    [Fact]
    public void Under_load_it_drains_commits_leaves_its_group_and_a_successor_goes_on_at_once()
    {
        // A session that long: whoever does not leave its group is waited for. The embedded broker lets everybody wait that long.
        using var shop = new RunningShop(plan => plan.Brokers is null ? plan : plan with { SessionTimeout = TimeSpan.FromSeconds(40) });
        using (var engine = shop.StartEngine())
        {
            Wait.Until(() => engine.Readiness() == "ready" && shop.LagBelow(2_000), Patience, engine);
            engine.Terminate();

            Assert.True(engine.WaitForExit(TimeSpan.FromSeconds(20)), "it does not end within its deadline");
            Assert.True(engine.ExitCode == 0, engine.Said);
            Assert.Contains("stopping: the last commit and leaving the group, within 20s", engine.Said, StringComparison.Ordinal);
            Assert.Contains("stopped: everything is committed", engine.Said, StringComparison.Ordinal);
        }

        using var successor = shop.StartEngine();
        Wait.Until(() => successor.Readiness() == "ready", TimeSpan.FromSeconds(15), successor);
    }

    [Fact]
    public void A_hangup_stops_it_in_order_as_SIGTERM_does()
    {
        using var shop = new RunningShop();
        using var engine = shop.StartEngine();
        Wait.Until(() => engine.Readiness() == "ready" && shop.LagBelow(2_000), Patience, engine);
        engine.HangUp();

        Assert.True(engine.WaitForExit(TimeSpan.FromSeconds(20)), "it does not end within its deadline");
        Assert.True(engine.ExitCode == 0, engine.Said);
        Assert.Contains("stopped: everything is committed", engine.Said, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_its_broker_it_gives_up_at_the_deadline_and_says_that_nothing_is_lost()
    {
        TestBroker.RequireEmbedded();
        using var shop = new RunningShop();
        using var engine = shop.StartEngine("--set", "engine.shutdownDeadline=4s", "--set", "engine.commitInterval=10s");
        Wait.Until(() => engine.Readiness() == "ready" && RunningShop.HasEventsIn(engine), Patience, engine);
        shop.Broker.GoDown();
        var started = Environment.TickCount64;
        engine.Terminate();

        Assert.True(engine.WaitForExit(TimeSpan.FromSeconds(8)), "it does not end within its deadline");
        Assert.InRange(Environment.TickCount64 - started, 2_000, 6_000);
        Assert.True(engine.ExitCode == 1, engine.Said);
        Assert.Contains("lane 0 stopped without its last commit", engine.Said, StringComparison.Ordinal);
        Assert.Contains("Nothing is lost: the next start goes on from the last commit.", engine.Said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_signal_ends_it_at_once()
    {
        TestBroker.RequireEmbedded();
        using var shop = new RunningShop();
        using var engine = shop.StartEngine("--set", "engine.shutdownDeadline=60s", "--set", "engine.commitInterval=10s");
        Wait.Until(() => engine.Readiness() == "ready" && RunningShop.HasEventsIn(engine), Patience, engine);
        shop.Broker.GoDown();
        engine.Terminate();
        Wait.Until(() => engine.Said.Contains("stopping: ", StringComparison.Ordinal), Patience, engine);
        engine.Terminate();
        Assert.False(engine.WaitForExit(TimeSpan.FromSeconds(1.5)), "a repeat within a second is the same signal");

        engine.Terminate();

        Assert.True(engine.WaitForExit(TimeSpan.FromSeconds(3)), "the second signal does not end it");
        Assert.Equal(128 + 15, engine.ExitCode);
    }

    [Fact]
    public void Before_a_broker_answers_it_is_not_ready_and_ends_at_once()
    {
        TestBroker.RequireEmbedded();
        using var shop = new RunningShop();
        shop.Broker.GoDown();
        using var engine = shop.StartEngine();
        Wait.Until(() => engine.Readiness().Contains("no broker of", StringComparison.Ordinal), Patience, engine);
        engine.Terminate();

        Assert.True(engine.WaitForExit(TimeSpan.FromSeconds(5)), "it does not end");
        Assert.True(engine.ExitCode == 0, engine.Said);
        Assert.Contains("stopped: no broker had answered, nothing was begun", engine.Said, StringComparison.Ordinal);
    }
}
