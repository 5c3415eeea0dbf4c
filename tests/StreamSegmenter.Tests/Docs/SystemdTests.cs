using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;
using StreamSegmenter.Tests.Configuration;

namespace StreamSegmenter.Tests.Docs;

/// <summary>The unit of docker/systemd.</summary>
public sealed partial class SystemdTests
{
    private const double ExposureMax = 2.0;

    private static readonly string Unit = File.ReadAllText(RepositoryFiles.PathOf("docker/systemd/streamsegmenter.service"));

    [Fact]
    public void The_unit_has_no_mistake_that_systemd_sees_and_one_would_be_seen()
    {
        Assert.Equal("", Analyze("verify", Unit));
        Assert.Contains("Unknown key", Analyze("verify", Unit.Replace("ProtectHome=", "ProtectHouse=", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_unit_leaves_little_open()
    {
        var exposure = Exposure().Match(Analyze("security --offline=true", Unit));
        Assert.True(exposure.Success);
        Assert.InRange(double.Parse(exposure.Groups[1].Value, CultureInfo.InvariantCulture), 0, ExposureMax);
    }

    [Fact]
    public void The_service_gets_more_time_to_stop_than_the_engine_takes()
    {
        var loaded = ConfigurationLoader.Load(RepositoryFiles.PathOf("samples/shop.yaml"), [], ConfigurationUse.Check, _ => null);
        var seconds = int.Parse(StopTime().Match(Unit).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.True(TimeSpan.FromSeconds(seconds) > loaded.Configuration!.Engine.ShutdownDeadline);
    }

    private static string Analyze(string command, string unit)
    {
        ForeignProgram.Require("systemd-analyze", "systemd");
        var folder = Directory.CreateTempSubdirectory("streamsegmenter-unit-");
        try
        {
            // The program is not installed here, and its absence would be a mistake of the unit.
            var file = Path.Combine(folder.FullName, "streamsegmenter.service");
            File.WriteAllText(file, unit.Replace("/usr/local/bin/streamsegmenter", "/bin/true", StringComparison.Ordinal));
            using var analyzing = Process.Start(new ProcessStartInfo("systemd-analyze", [.. command.Split(' '), file])
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            var error = analyzing.StandardError.ReadToEndAsync();
            var output = analyzing.StandardOutput.ReadToEnd();
            analyzing.WaitForExit();
            return (output + error.Result).Trim();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex(@"Overall exposure level for \S+: ([0-9.]+)")]
    private static partial Regex Exposure();

    [GeneratedRegex(@"TimeoutStopSec=(\d+)")]
    private static partial Regex StopTime();
}
