using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Host.Http;
using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Tests.Telemetry;

/// <summary>A real Prometheus, which prefers OpenMetrics, scrapes a real server.</summary>
public sealed class PrometheusTests
{
    [Fact]
    public async Task Prometheus_reads_every_sample()
    {
        using var engine = new BusyEngine();
        await using var server = await TelemetryServer.StartAsync(ListenAddress.Parse("127.0.0.1:0", false).Address!, engine.Telemetry);
        engine.First.RecordCommit(0.7, CommitStatus.Committed);
        engine.First.RecordCheckpoint(3);
        await using var prometheus = PrometheusServer.Start(server.Address);

        await prometheus.Until(up => up == 1, "up");
        Assert.Equal(new PrometheusTarget("up", ""), await prometheus.Target());
        using var client = new HttpClient();
        var samples = ExpositionParser.Samples(await client.GetStringAsync(new Uri(server.Address, "metrics"))).Count;
        await prometheus.Until(count => count == samples, "scrape_samples_scraped");
        await prometheus.Until(count => count == 200, "streamsegmenter_events_total{topic=\"clicks\",outcome=\"applied\"}");
        await prometheus.Until(
            count => count == 1, "streamsegmenter_commit_duration_seconds_bucket{le=\"1.0\"} or streamsegmenter_commit_duration_seconds_bucket{le=\"1\"}");
    }
}
