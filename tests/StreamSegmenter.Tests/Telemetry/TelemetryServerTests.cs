using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using StreamSegmenter.Host.Http;
using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Tests.Telemetry;

public sealed partial class TelemetryServerTests : IAsyncLifetime
{
    private const string Prometheus2 =
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

    private const string Prometheus3 =
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,"
        + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

    private readonly BusyEngine _engine = new();
    private readonly HttpClient _client = new();
    private TelemetryServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        var (address, error) = ListenAddress.Parse("127.0.0.1:0", allowInsecure: false);
        Assert.Null(error);
        _server = await TelemetryServer.StartAsync(address!, _engine.Telemetry);
        _client.BaseAddress = _server.Address;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _engine.Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("*/*")]
    [InlineData("text/plain")]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")]
    [InlineData("application/openmetrics-text;q=0.3, text/plain;q=0.7")]
    [InlineData("application/json")]
    [InlineData(";;;not a header,,,")]
    public async Task Metrics_are_prometheus_text_for_every_other_client(string accept)
    {
        using var response = await Scrape(accept);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("Accept", response.Headers.Vary.Single());
        Assert.True(response.Headers.CacheControl!.NoStore);
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal("counter", ExpositionParser.Types(text)["streamsegmenter_events_total"]);
        Assert.DoesNotContain("# EOF", text);
    }

    [Theory]
    [InlineData(Prometheus2)]
    [InlineData(Prometheus3)]
    [InlineData("application/openmetrics-text")]
    [InlineData("text/plain;q=0.5, application/openmetrics-text")]
    public async Task Metrics_are_openmetrics_for_a_client_that_prefers_it(string accept)
    {
        using var response = await Scrape(accept);
        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        var text = await response.Content.ReadAsStringAsync();
        Assert.EndsWith("\n# EOF\n", text);
        Assert.Equal("counter", ExpositionParser.Types(text)["streamsegmenter_events"]);
    }

    [Fact]
    public async Task A_figure_that_cannot_be_read_is_503_with_the_reason_and_no_stale_numbers()
    {
        using var meter = new Meter(_engine.Telemetry.MeterName);
        meter.CreateObservableGauge("streamsegmenter.broken", long () => throw new InvalidOperationException("no figure"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "the instruments could not be read: no figure\n"), await Get("/metrics"));
    }

    [Fact]
    public async Task Ready_is_200_and_unready_503_with_each_lanes_reason()
    {
        Assert.Equal((HttpStatusCode.OK, """{"status":"ok","components":[{"component":"lane-0","ok":true},{"component":"lane-1","ok":true}]}"""), await Get("/readyz"));
        _engine.Second.Health.ReportNotReady("restoring partition 1");
        var (status, body) = await Get("/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        using var json = JsonDocument.Parse(body);
        Assert.Equal("unavailable", json.RootElement.GetProperty("status").GetString());
        Assert.Equal("restoring partition 1", json.RootElement.GetProperty("components")[1].GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Health_fails_only_when_a_lane_is_stuck()
    {
        _engine.Second.Health.ReportNotReady("restoring partition 1");
        Assert.Equal(HttpStatusCode.OK, (await Get("/healthz")).Status);
        _engine.Second.Health.ReportReady();
        _engine.Clock.Advance(TimeSpan.FromMinutes(4));
        _engine.First.Health.Heartbeat();
        var (status, body) = await Get("/healthz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("\"lane-1\",\"ok\":false,\"reason\":\"its loop made no turn for 240 s\"", body);
    }

    [Fact]
    public async Task The_start_page_links_to_every_other_path_and_each_answers()
    {
        using var page = await _client.GetAsync("/");
        Assert.Equal("text/html; charset=utf-8", page.Content.Headers.ContentType!.ToString());
        var links = LinkTarget().Matches(await page.Content.ReadAsStringAsync()).Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(["metrics", "readyz", "healthz"], links);
        foreach (var link in links)
        {
            Assert.Equal(HttpStatusCode.OK, (await Get(link)).Status);
        }
    }

    [Fact]
    public async Task Other_paths_are_not_found() => Assert.Equal(HttpStatusCode.NotFound, (await Get("/nowhere")).Status);

    [Fact]
    public async Task Scrapes_in_parallel_are_each_whole()
    {
        var scrapes = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => _client.GetStringAsync("/metrics")));
        Assert.All(scrapes, text => Assert.Equal(ExpositionParser.Types(scrapes[0]), ExpositionParser.Types(text)));
    }

    [Fact]
    public async Task A_taken_port_is_an_error_that_names_the_setting_and_the_remedy()
    {
        var (address, _) = ListenAddress.Parse($"127.0.0.1:{_server.Address.Port}", allowInsecure: false);
        var error = await Assert.ThrowsAsync<IOException>(() => TelemetryServer.StartAsync(address!, _engine.Telemetry));
        Assert.Contains($"http.listen: 127.0.0.1:{_server.Address.Port} cannot be taken", error.Message);
        Assert.Contains("Choose another port", error.Message);
    }

    [GeneratedRegex("href=\"([^\"]+)\"")]
    private static partial Regex LinkTarget();

    private Task<HttpResponseMessage> Scrape(string accept)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return _client.SendAsync(request);
    }

    private async Task<(HttpStatusCode Status, string Body)> Get(string path)
    {
        using var response = await _client.GetAsync(path);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
