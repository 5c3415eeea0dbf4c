using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Testing.Runs;

namespace StreamSegmenter.Tests.Lanes;

public sealed class RestoreProgressTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly EngineTelemetry _telemetry;
    private readonly ShardGauges _gauges;
    private readonly RestoreProgress _progress;

    public RestoreProgressTests()
    {
        _telemetry = new EngineTelemetry(new TelemetryLabels([], [], []), _time, nameof(RestoreProgressTests));
        var counters = _telemetry.AddLane();
        _gauges = counters.AddShard(3);
        _progress = new RestoreProgress(counters, _gauges, _time);
    }

    private string? Readiness => Assert.Single(_telemetry.Components).Reason;

    public void Dispose() => _telemetry.Dispose();

    [Fact]
    public void It_reports_the_rest_the_rate_and_the_time_left()
    {
        _progress.Read(100_000);
        Assert.Equal("partition 3 is being restored: 100000 changelog lines to go", Readiness);

        _time.Advance(TimeSpan.FromSeconds(2));
        _progress.Read(60_000);
        Assert.Equal("partition 3 is being restored: 60000 changelog lines to go, 20000 a second, about 4 s left", Readiness);
        Assert.Equal(60_000, _gauges.RestoreRemaining);
    }

    [Fact]
    public void The_rate_of_the_checkpoint_is_not_that_of_the_changelog()
    {
        _progress.Loaded(1_000_000);
        _time.Advance(TimeSpan.FromSeconds(1));
        _progress.Loaded(500_000);
        Assert.Equal("partition 3 is being restored: 500000 records of its checkpoint to go, 500000 a second, about 2 s left", Readiness);

        _progress.Read(10);
        Assert.Equal("partition 3 is being restored: 10 changelog lines to go", Readiness);
    }

    [Fact]
    public void A_stalled_restore_becomes_slower_and_never_divides_by_zero()
    {
        _progress.Read(1_000);
        _progress.Read(999);
        _time.Advance(TimeSpan.FromHours(1));
        _progress.Read(999);
        Assert.Equal("partition 3 is being restored: 999 changelog lines to go", Readiness);
    }
}
