using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using StreamSegmenter.Tests.Configuration;

namespace StreamSegmenter.Tests.Docs;

/// <summary>The dashboards and alerts in docker/ ask for metrics that there are, and each alert has its section in the runbook.</summary>
public sealed partial class MonitoringTests
{
    private static readonly string Rules = File.ReadAllText(RepositoryFiles.PathOf("docker/prometheus/rules.yml"));

    public static TheoryData<string> Dashboards =>
        [.. Directory.GetFiles(RepositoryFiles.PathOf("docker/grafana/dashboards"), "*.json").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task The_rules_do_what_their_tests_expect()
    {
        ForeignProgram.Require("promtool");
        using var promtool = Process.Start(new ProcessStartInfo("promtool", "test rules rules.test.yml")
        {
            WorkingDirectory = RepositoryFiles.PathOf("docker/prometheus"), RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var output = await promtool.StandardOutput.ReadToEndAsync() + await promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync();
        Assert.True(promtool.ExitCode == 0, output);
    }

    [Fact]
    public void Every_alert_has_a_test_and_a_section_in_the_runbook()
    {
        var alerts = Alert().Matches(Rules).Select(match => match.Groups[1].Value).ToArray();
        var runbook = File.ReadAllText(RepositoryFiles.PathOf("docs/runbook.md"));
        var tests = File.ReadAllText(RepositoryFiles.PathOf("docker/prometheus/rules.test.yml"));
        Assert.InRange(alerts.Length, 10, 100);
        Assert.All(alerts, alert => Assert.Contains($"\n## {alert}\n", runbook));
        Assert.All(alerts, alert => Assert.Contains($"runbook_url: docs/runbook.md#{alert.ToLowerInvariant()}\n", Rules));
        Assert.All(alerts, alert => Assert.Contains($"alertname=\"{alert}\"", tests));
    }

    [Fact]
    public void The_rules_ask_for_metrics_that_there_are() => CheckMetrics(Rules);

    [Theory]
    [MemberData(nameof(Dashboards))]
    public void Every_panel_asks_for_metrics_that_there_are(string name)
    {
        var dashboard = JsonNode.Parse(File.ReadAllText(RepositoryFiles.PathOf("docker/grafana/dashboards/" + name)))!;
        var queries = dashboard["panels"]!.AsArray().SelectMany(panel => panel!["targets"]!.AsArray()).Select(target => target!["expr"]!.GetValue<string>()).ToArray();
        Assert.InRange(queries.Length, 5, 100);
        Assert.All(queries, CheckMetrics);
    }

    private static void CheckMetrics(string text)
    {
        var documented = File.ReadAllText(RepositoryFiles.PathOf("docs/telemetry.md"));
        Assert.All(Metric().Matches(text).Select(match => match.Value), metric =>
            Assert.Contains($"| `{BucketSuffix().Replace(metric, "")}` |", documented));
    }

    [GeneratedRegex("alert: (\\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex("\\b(?:streamsegmenter|process)_[a-z_]+\\b")]
    private static partial Regex Metric();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex BucketSuffix();
}
