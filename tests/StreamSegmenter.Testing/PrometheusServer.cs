using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace StreamSegmenter.Testing;

/// <summary>What Prometheus' targets page shows of a target.</summary>
/// <param name="LastError">Why its last scrape failed; empty when it did not.</param>
internal sealed record PrometheusTarget(string Health, string LastError);

/// <summary>A real Prometheus on loopback that scrapes one target every 2 s and keeps its data in a temporary folder.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("streamsegmenter-prometheus-");
    private readonly Process _process;
    private readonly HttpClient _client;

    private PrometheusServer(Uri target)
    {
        var listen = $"127.0.0.1:{FreePort()}";
        var configuration = Path.Combine(_directory.FullName, "prometheus.yml");
        File.WriteAllText(configuration, $$"""
            global: { scrape_interval: 2s, scrape_timeout: 2s }
            scrape_configs:
              - job_name: streamsegmenter
                static_configs: [ { targets: ["{{target.Authority}}"] } ]
            """);
        _client = new HttpClient { BaseAddress = new Uri($"http://{listen}/api/v1/"), Timeout = TimeSpan.FromSeconds(5) };
        _process = Process.Start(new ProcessStartInfo("prometheus")
        {
            ArgumentList =
            {
                "--config.file=" + configuration, "--storage.tsdb.path=" + Path.Combine(_directory.FullName, "data"),
                "--web.listen-address=" + listen, "--log.level=error",
            },
        })!;
    }

    /// <summary>Starts it; skips the running test where there is no Prometheus.</summary>
    public static PrometheusServer Start(Uri target)
    {
        ForeignProgram.Require("prometheus");
        return new PrometheusServer(target);
    }

    /// <summary>Waits until a query has one result that fits: Prometheus needs a moment to start and to scrape.</summary>
    public async Task<double> Until(Func<double, bool> fits, string query)
    {
        double? value = null;
        for (var since = Stopwatch.StartNew(); since.Elapsed < Patience; await Task.Delay(Pause))
        {
            value = await TryQuery(query);
            if (value is { } number && fits(number))
            {
                return number;
            }
        }

        throw new TimeoutException($"{query} is {value?.ToString(CultureInfo.InvariantCulture) ?? "without a result"} after {Patience.TotalSeconds} s");
    }

    /// <summary>The target once it is up, or as it is after a minute in which it was not.</summary>
    public async Task<PrometheusTarget> Target()
    {
        var target = await ReadTarget();
        for (var since = Stopwatch.StartNew(); since.Elapsed < Patience && target.Health != "up"; await Task.Delay(Pause))
        {
            target = await ReadTarget();
        }

        return target;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _client.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task<PrometheusTarget> ReadTarget()
    {
        using var json = JsonDocument.Parse(await _client.GetStringAsync("targets"));
        var target = json.RootElement.GetProperty("data").GetProperty("activeTargets")[0];
        return new(target.GetProperty("health").GetString()!, target.GetProperty("lastError").GetString()!);
    }

    private async Task<double?> TryQuery(string query)
    {
        try
        {
            using var json = JsonDocument.Parse(await _client.GetStringAsync("query?query=" + Uri.EscapeDataString(query)));
            var result = json.RootElement.GetProperty("data").GetProperty("result");
            return result.GetArrayLength() == 0
                ? null
                : double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
        }
        catch (HttpRequestException)
        {
            // It does not listen yet.
            return null;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
