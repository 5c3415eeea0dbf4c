using StreamSegmenter.Host.Http;

namespace StreamSegmenter.Tests.Telemetry;

public sealed class PrometheusNameTests
{
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
