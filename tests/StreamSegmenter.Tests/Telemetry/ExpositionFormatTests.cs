using StreamSegmenter.Host.Http;

namespace StreamSegmenter.Tests.Telemetry;

public sealed class ExpositionFormatTests
{
    private const string Prometheus2 =
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

    private const string Prometheus3 =
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,"
        + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

    [Theory]
    [InlineData(Prometheus2)]
    [InlineData(Prometheus3)]
    [InlineData("application/openmetrics-text")]
    [InlineData("application/openmetrics-text; version=\"1.0.0\"; charset=utf-8")]
    [InlineData("text/plain;q=0.5, application/openmetrics-text;q=0.5")]
    public void OpenMetrics_goes_to_whoever_names_it_and_does_not_prefer_text(string accept) =>
        Assert.Equal(ExpositionFormat.OpenMetrics, ExpositionFormats.Negotiate([accept]));

    [Theory]
    [InlineData("")]
    [InlineData("*/*")]
    [InlineData("application/*")]
    [InlineData("text/plain")]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")]
    [InlineData("application/openmetrics-text;q=0.3, text/plain;q=0.7")]
    [InlineData("application/openmetrics-text;q=0, text/plain;q=0")]
    [InlineData("application/openmetrics-text;version=0.0.1")]
    [InlineData("application/json")]
    [InlineData(";;;not a header,,,")]
    public void Everyone_else_gets_the_text_format(string accept) =>
        Assert.Equal(ExpositionFormat.PrometheusText, ExpositionFormats.Negotiate([accept]));

    [Fact]
    public void A_specific_refusal_wins_over_a_wildcard() =>
        Assert.Equal(ExpositionFormat.OpenMetrics, ExpositionFormats.Negotiate(["text/plain;q=0, application/openmetrics-text;q=0.1, */*;q=0.9"]));

    [Fact]
    public void Several_accept_headers_count_as_one() =>
        Assert.Equal(ExpositionFormat.OpenMetrics, ExpositionFormats.Negotiate(["text/plain;q=0.5", "application/openmetrics-text"]));

    [Theory]
    [InlineData("process.cpu", "s", "process_cpu_seconds", "seconds")]
    [InlineData("streamsegmenter.working_set", "By", "streamsegmenter_working_set_bytes", "bytes")]
    [InlineData("streamsegmenter.events", "{event}", "streamsegmenter_events", "")]
    [InlineData("hit.share", "1", "hit_share_ratio", "ratio")]
    [InlineData("already_in_seconds", "s", "already_in_seconds", "seconds")]
    [InlineData("3d-view//count", null, "_3d_view_count", "")]
    [InlineData("rate", "By/s", "rate_By_s", "By_s")]
    public void A_name_becomes_snake_case_with_its_unit_at_the_end(string name, string? unit, string family, string written) =>
        Assert.Equal(new PrometheusName(family, written), PrometheusName.Of(name, unit));
}
