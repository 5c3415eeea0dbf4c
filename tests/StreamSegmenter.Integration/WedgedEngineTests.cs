namespace StreamSegmenter.Integration;

/// <summary>The real process, whose connections to a healthy broker fall silent without a word.</summary>
public sealed class WedgedEngineTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void An_engine_whose_clients_hear_nothing_replaces_them_and_nothing_is_lost_or_doubled()
    {
        TestBroker.RequireEmbedded();
        using var shop = new RunningShop(throughProxy: true);
        using var engine = Start(shop);
        Wait.Until(() => engine.Readiness() == "ready" && shop.LagBelow(2_000), Patience, engine);
        var wedged = shop.Proxy.Connections.Where(connection => connection.IsOfALane).ToHashSet();
        shop.Proxy.Apply(ProxyFault.Silence(wedged.Contains));

        Wait.Until(() => engine.Metric("streamsegmenter_client_replacements_total") > 0, Patience, engine);
        Wait.Until(() => engine.Readiness() == "ready" && engine.Metric("streamsegmenter_time_to_ready_seconds_count") >= 2, Patience, engine);

        Assert.Contains("lane 0: replaces a Kafka client: ", engine.Said, StringComparison.Ordinal);
        Assert.Equal("", shop.CompareWithReplay(engine, Patience));
        Assert.False(engine.HasExited);
    }

    [Fact]
    public void Told_to_stop_while_no_connection_gets_through_it_ends_within_its_deadline_and_says_that_nothing_is_lost()
    {
        TestBroker.RequireEmbedded();
        using var shop = new RunningShop(throughProxy: true);
        using var engine = Start(shop, "--set", "engine.shutdownDeadline=6s", "--set", "engine.commitInterval=10s");
        Wait.Until(() => engine.Readiness() == "ready" && RunningShop.HasEventsIn(engine), Patience, engine);
        shop.Proxy.Apply(ProxyFault.Silence(connection => connection.ClientId?.StartsWith("streamsegmenter", StringComparison.Ordinal) == true));
        var started = Environment.TickCount64;
        engine.Terminate();

        Assert.True(engine.WaitForExit(TimeSpan.FromSeconds(12)), "it does not end within its deadline");
        Assert.InRange(Environment.TickCount64 - started, 2_000, 8_000);
        Assert.True(engine.ExitCode == 1, engine.Said);
        Assert.Contains("Nothing is lost: the next start goes on from the last commit.", engine.Said, StringComparison.Ordinal);
    }

    private static Chaos.EngineProcess Start(RunningShop shop, params IEnumerable<string> more) =>
        shop.StartEngine(["--set", "kafka.silenceMax=3s", "--set", "kafka.properties.socket.timeout.ms=300000", .. more]);
}
