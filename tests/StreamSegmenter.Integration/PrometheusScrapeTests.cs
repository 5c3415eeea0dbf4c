namespace StreamSegmenter.Integration;

/// <summary>A real Prometheus and the real process, which works on a topic.</summary>
public sealed class PrometheusScrapeTests
{
    [Fact]
    public async Task A_running_engine_is_up_on_Prometheus_targets_page_and_its_figures_can_be_queried()
    {
        ForeignProgram.Require("prometheus");
        using var shop = new RunningShop();
        using var engine = shop.StartEngine();
        Wait.Until(() => engine.Readiness() == "ready", TimeSpan.FromSeconds(40), engine);
        await using var prometheus = PrometheusServer.Start(engine.Telemetry);

        await prometheus.Until(up => up == 1, "up");
        Assert.Equal(new PrometheusTarget("up", ""), await prometheus.Target());
        var events = await prometheus.Until(count => count > 0, "sum(streamsegmenter_events_total{outcome=\"applied\"})");
        await prometheus.Until(count => count > events, "sum(streamsegmenter_events_total{outcome=\"applied\"})");
        Assert.Equal((0, ""), await Promtool.Check(engine.Metrics()));
    }
}
