using Prometheus;

namespace StreamSegmenter.Tests.Telemetry;

public sealed class PromtoolTests
{
    [Fact]
    public async Task Promtool_has_no_complaint_about_an_engine_that_used_every_instrument()
    {
        using var engine = new BusyEngine();
        Assert.Equal((0, ""), await Promtool.Check(engine.Scrape(ExpositionFormat.PrometheusText)));
    }

    [Fact]
    public async Task Promtool_complains_about_a_counter_without_its_suffix()
    {
        var (exitCode, output) = await Promtool.Check("# TYPE some_counter counter\nsome_counter 1\n");
        Assert.Contains("_total", output);
        Assert.NotEqual(0, exitCode);
    }
}
