using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Host.Http;
using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Tests.Telemetry;

/// <summary>A real Prometheus, which asks for OpenMetrics first, scrapes a real server.</summary>
public sealed class PrometheusTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("streamsegmenter-prometheus-");
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(5) };

    public void Dispose()
    {
        _client.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Prometheus_reads_every_sample()
    {
        ForeignProgram.Require("prometheus");
        using var engine = new BusyEngine();
        await using var server = await TelemetryServer.StartAsync(ListenAddress.Parse("127.0.0.1:0", false).Address!, engine.Telemetry);
        engine.First.RecordCommit(0.7, CommitStatus.Committed);
        engine.First.RecordCheckpoint(3);
        using var prometheus = Start(server.Address, out var api);
        try
        {
            await Expect(api, 1, "up");
            var target = Assert.Single(await Targets(api));
            Assert.Equal(("up", ""), (target.GetProperty("health").GetString(), target.GetProperty("lastError").GetString()));
            await Expect(api, ExpositionParser.Samples(engine.Scrape()).Count, "scrape_samples_scraped");
            await Expect(api, 200, "streamsegmenter_events_total{topic=\"clicks\",outcome=\"applied\"}");
            await Expect(api, 1, "streamsegmenter_commit_duration_seconds_bucket{le=\"1.0\"} or streamsegmenter_commit_duration_seconds_bucket{le=\"1\"}");
        }
        finally
        {
            prometheus.Kill();
            await prometheus.WaitForExitAsync();
        }
    }

    private Process Start(Uri target, out Uri api)
    {
        var port = FreePort();
        api = new Uri($"http://127.0.0.1:{port}/api/v1/");
        var configuration = Path.Combine(_directory.FullName, "prometheus.yml");
        File.WriteAllText(configuration, $"""
            global: {"{"} scrape_interval: 2s, scrape_timeout: 2s {"}"}
            scrape_configs:
              - job_name: streamsegmenter
                static_configs: [ {"{"} targets: ["{target.Authority}"] {"}"} ]
            """);
        return Process.Start(new ProcessStartInfo("prometheus")
        {
            ArgumentList =
            {
                "--config.file=" + configuration, "--storage.tsdb.path=" + Path.Combine(_directory.FullName, "data"),
                $"--web.listen-address=127.0.0.1:{port}", "--log.level=error",
            },
            RedirectStandardError = true,
        })!;
    }

    /// <summary>Asks until the value is right: Prometheus needs a moment to start, and on a busy machine more than one scrape.</summary>
    private async Task Expect(Uri api, double expected, string query)
    {
        double? value = null;
        for (var attempt = 0; attempt < 150 && value != expected; attempt++)
        {
            value = await TryQuery(api, query);
            await Task.Delay(200);
        }

        Assert.True(value == expected, $"{query}: {value}, expected {expected}");
    }

    private async Task<double?> TryQuery(Uri api, string query)
    {
        try
        {
            using var json = JsonDocument.Parse(await _client.GetStringAsync($"{api}query?query={Uri.EscapeDataString(query)}"));
            var result = json.RootElement.GetProperty("data").GetProperty("result");
            return result.GetArrayLength() == 0
                ? null
                : double.Parse(result[0].GetProperty("value")[1].GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>What the targets page shows: the health of each target, and why its last scrape failed.</summary>
    private async Task<JsonElement[]> Targets(Uri api)
    {
        using var json = JsonDocument.Parse(await _client.GetStringAsync($"{api}targets"));
        return [.. json.RootElement.GetProperty("data").GetProperty("activeTargets").EnumerateArray().Select(target => target.Clone())];
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
