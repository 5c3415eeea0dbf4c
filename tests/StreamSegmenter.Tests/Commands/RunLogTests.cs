using System.Text.Json;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Running;
using StreamSegmenter.Runtime.Configuration.Shapes;
using StreamSegmenter.Testing.Runs;

namespace StreamSegmenter.Tests.Commands;

public sealed class RunLogTests
{
    private readonly StringWriter _error = new();
    private readonly ManualTime _time = new();

    [Fact]
    public void Off_a_terminal_each_entry_has_time_level_category_and_one_line()
    {
        var log = Log(LogFormat.Auto, watched: false);
        log.Info("run", "telemetry at http://127.0.0.1:9464/metrics");
        log.Warn("engine", "says \"no\"\nand C:\\x\u0001");
        Assert.False(log.IsForPerson);
        Assert.Equal(
            """
            time=2023-11-14T22:13:20.000Z level=info category=run msg="telemetry at http://127.0.0.1:9464/metrics"
            time=2023-11-14T22:13:20.000Z level=warn category=engine msg="says \"no\"\nand C:\\x\u0001"

            """, _error.ToString());
    }

    [Fact]
    public void On_a_terminal_an_entry_is_its_sentence()
    {
        var log = Log(LogFormat.Auto, watched: true);
        log.Error("run", "lane 0 stopped");
        Assert.True(log.IsForPerson);
        Assert.EndsWith("lane 0 stopped" + Environment.NewLine, _error.ToString());
        Assert.DoesNotContain("level=", _error.ToString());
    }

    [Fact]
    public void The_configured_format_holds_on_a_terminal_too()
    {
        var log = Log(LogFormat.Logfmt, watched: true);
        log.Info("run", "x");
        Assert.False(log.IsForPerson);
        Assert.Contains("level=info", _error.ToString());
    }

    [Fact]
    public void Json_entries_are_objects_that_hold_the_message_as_it_is()
    {
        const string Message = "group 'a' says \"no\"\nand \u0001 Grüße 🛒";
        Log(LogFormat.Json, watched: false).Error("run", Message);
        var line = Assert.Single(_error.ToString().TrimEnd().Split('\n'));
        using var entry = JsonDocument.Parse(line);
        Assert.Equal(
            ["2023-11-14T22:13:20.000Z", "error", "run", Message],
            new[] { "time", "level", "category", "msg" }.Select(name => entry.RootElement.GetProperty(name).GetString()));
    }

    [Fact]
    public void Readiness_is_logged_when_it_changes_and_a_reason_that_counts_twice_a_minute()
    {
        using var telemetry = new EngineTelemetry(new TelemetryLabels([], [], []), _time, nameof(RunLogTests));
        var readiness = new ReadinessLog(Log(LogFormat.Text, watched: false), telemetry, _time);
        var lane = telemetry.AddLane();
        for (var left = 40; left > 0; left--)
        {
            lane.Health.ReportNotReady($"{left} lines to go");
            readiness.Look();
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        lane.Health.ReportReady();
        for (var i = 0; i < 100; i++)
        {
            lane.Health.Heartbeat();
            readiness.Look();
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(
            ["not ready: lane-0: 40 lines to go", "not ready: lane-0: 10 lines to go", "ready"],
            _error.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    private RunLog Log(LogFormat format, bool watched) =>
        new(new Terminal { Out = TextWriter.Null, Error = _error, Time = _time, IsWatched = watched }, format);
}
