using System.Diagnostics;

namespace StreamSegmenter.Testing;

/// <summary><c>promtool check metrics</c>, Prometheus' own check of a scrape's text.</summary>
internal static class Promtool
{
    /// <summary>Skips the running test where there is no promtool.</summary>
    /// <returns>Its exit code and everything that it wrote.</returns>
    public static async Task<(int ExitCode, string Output)> Check(string text)
    {
        ForeignProgram.Require("promtool");
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
