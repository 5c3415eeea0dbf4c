using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Testing.Runs;

namespace StreamSegmenter.Tests.Telemetry;

public sealed class ReadinessTests : IDisposable
{
    private readonly ManualTime _clock = new();
    private readonly EngineTelemetry _telemetry;

    public ReadinessTests() => _telemetry = new(new TelemetryLabels([], [], []), _clock, nameof(ReadinessTests));

    public void Dispose() => _telemetry.Dispose();

    [Fact]
    public void An_engine_without_lanes_is_not_ready_and_reports_it()
    {
        Assert.False(_telemetry.IsReady);
        Assert.Equal(new ComponentState("engine", false, "no lane has started yet"), Assert.Single(_telemetry.Components));
    }

    [Fact]
    public void One_lane_that_restores_keeps_the_engine_unready()
    {
        _telemetry.AddLane().Health.ReportReady();
        _telemetry.AddLane().Health.ReportNotReady("restoring partition 3");
        Assert.False(_telemetry.IsReady);
        Assert.Equal(
            [new("lane-0", true, null), new("lane-1", false, "restoring partition 3")], _telemetry.Components);
    }

    [Fact]
    public void All_lanes_ready_is_an_engine_ready()
    {
        _telemetry.AddLane().Health.ReportReady();
        _telemetry.AddLane().Health.ReportReady();
        Assert.True(_telemetry.IsReady);
    }

    [Fact]
    public void A_lane_that_waits_for_a_broker_is_alive_however_long()
    {
        _telemetry.AddLane().Health.ReportNotReady("no broker answers");
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(new ComponentState("lane-0", true, null), Assert.Single(_telemetry.Health));
    }

    [Fact]
    public void A_lane_whose_loop_hangs_is_not_alive_until_its_next_heartbeat()
    {
        var lane = _telemetry.AddLane();
        lane.Health.ReportReady();
        _clock.Advance(_telemetry.StuckAfter + TimeSpan.FromSeconds(30));
        Assert.Equal(new ComponentState("lane-0", false, "its loop made no turn for 210 s"), Assert.Single(_telemetry.Health));
        lane.Health.Heartbeat();
        Assert.True(Assert.Single(_telemetry.Health).Ready);
    }

    [Fact]
    public void A_lane_whose_loop_hangs_is_not_ready_long_before_it_counts_as_dead()
    {
        var lane = _telemetry.AddLane();
        lane.Health.ReportReady();
        _clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(new ComponentState("lane-0", false, "its loop made no turn for 31 s"), Assert.Single(_telemetry.Components));
        Assert.True(Assert.Single(_telemetry.Health).Ready);
        lane.Health.Heartbeat();
        Assert.True(_telemetry.IsReady);
    }

    [Fact]
    public void A_lane_is_not_ready_while_its_connection_is_in_trouble_whatever_it_reports_itself()
    {
        string? trouble = "no broker answers";
        var lane = _telemetry.AddLane();
        lane.Health.WatchConnection(() => trouble);
        lane.Health.ReportReady();
        Assert.Equal(new ComponentState("lane-0", false, "no broker answers"), Assert.Single(_telemetry.Components));
        Assert.False(_telemetry.IsReady);

        lane.Health.ReportNotReady("starting");
        Assert.Equal("starting; no broker answers", Assert.Single(_telemetry.Components).Reason);

        trouble = null;
        lane.Health.ReportReady();
        Assert.True(_telemetry.IsReady);
    }

    [Fact]
    public void What_must_be_seen_to_makes_a_lane_unready_but_is_no_excuse_for_standing_still()
    {
        var lane = _telemetry.AddLane();
        lane.Health.ReportReady();
        lane.Health.ReportTrouble("the checkpoint of partition 3", "No space left on device");
        Assert.Equal("the checkpoint of partition 3: No space left on device", Assert.Single(_telemetry.Components).Reason);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.False(Assert.Single(_telemetry.Health).Ready);

        lane.Health.ReportStall("the state of partition 3", "No space left on device");
        Assert.True(Assert.Single(_telemetry.Health).Ready);

        lane.Health.ReportTrouble("the checkpoint of partition 3", null);
        lane.Health.ReportStall("the state of partition 3", null);
        lane.Health.Heartbeat();
        Assert.True(_telemetry.IsReady);
    }

    [Fact]
    public void Before_there_is_a_lane_the_reason_is_what_the_start_waits_for()
    {
        _telemetry.ReportStarting("no broker of 'kafka:9092' answers");
        Assert.Equal("no broker of 'kafka:9092' answers", Assert.Single(_telemetry.Components).Reason);
    }

    [Theory]
    [InlineData(60, 180)]
    [InlineData(10, 180)]
    [InlineData(600, 1_800)]
    public void A_lane_that_waits_for_a_commit_as_long_as_it_may_is_not_stuck(int commitSeconds, int stuckSeconds)
    {
        using var telemetry = new EngineTelemetry(new TelemetryLabels([], [], []), _clock, "stuck")
        {
            CommitTimeout = TimeSpan.FromSeconds(commitSeconds),
        };
        Assert.Equal(TimeSpan.FromSeconds(stuckSeconds), telemetry.StuckAfter);
    }

    [Fact]
    public void A_lane_that_stopped_is_neither_ready_nor_alive()
    {
        var lane = _telemetry.AddLane();
        lane.Health.ReportReady();
        lane.Health.ReportStopped("the dead-letter topic refuses records");
        Assert.False(_telemetry.IsReady);
        Assert.Equal("stopped: the dead-letter topic refuses records", Assert.Single(_telemetry.Health).Reason);
    }
}
