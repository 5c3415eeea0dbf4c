using System.Diagnostics;
using Prometheus;

namespace StreamSegmenter.Tests.Telemetry;

public sealed class PromtoolTests
{
    [Fact]
    public async Task Promtool_finds_nothing_to_say_about_an_engine_that_used_every_instrument()
    {
        ForeignProgram.Require("promtool");
        using var engine = new BusyEngine();
        var (exitCode, output) = await Promtool(engine.Scrape(ExpositionFormat.PrometheusText));
        Assert.Equal("", output);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task Promtool_is_not_silent_about_everything()
    {
        ForeignProgram.Require("promtool");
        var (exitCode, output) = await Promtool("# TYPE some_counter counter\nsome_counter 1\n");
        Assert.Contains("_total", output);
        Assert.NotEqual(0, exitCode);
    }

    private static async Task<(int ExitCode, string Output)> Promtool(string text)
    {
        using var promtool = Process.Start(new ProcessStartInfo("promtool", "check metrics")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await promtool.StandardInput.WriteAsync(text);
        promtool.StandardInput.Close();
        var output = await promtool.StandardOutput.ReadToEndAsync() + await promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync();
        return (promtool.ExitCode, output);
    }
}
