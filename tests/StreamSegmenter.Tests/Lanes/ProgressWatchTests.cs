using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Lanes;
using StreamSegmenter.Engine.Options;
using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Events;
using StreamSegmenter.Testing.Reference;
using StreamSegmenter.Testing.Runs;

namespace StreamSegmenter.Tests.Lanes;

/// <summary>One shard with two inputs, and a lane that looks once a second.</summary>
public sealed class ProgressWatchTests : IDisposable
{
    private static readonly PartitionProgress CaughtUp = new(100, 100);
    private readonly string _directory = Directory.CreateTempSubdirectory("progress-").FullName;
    private readonly ManualTime _time = new();
    private readonly EngineTelemetry _telemetry;
    private readonly LaneCounters _counters;
    private readonly LaneContext _lane;
    private readonly ProgressWatch _watch;
    private readonly EventBatch _batch = new();
    private Shard _shard;

    public ProgressWatchTests()
    {
        var scenario = new Scenario(1);
        var options = new EngineOptions { Inputs = [new InputTiming("clicks", 0), new InputTiming("carts", 0)], StateMemoryBytes = 0 };
        _telemetry = new EngineTelemetry(
            new TelemetryLabels(["clicks", "carts"], ["rule-0", "rule-1", "rule-2"], scenario.Segments.SegmentIds), _time, "progress-" + Guid.NewGuid());
        _counters = _telemetry.AddLane();
        _lane = new LaneContext(new DefinitionVersions(DefinitionVersion.OfFile(scenario.Definitions, scenario.Segments)), options, _counters, _time);
        _shard = NewShard();
        _watch = new ProgressWatch(_lane, _time);
        _counters.Health.ReportReady();
    }

    private string? Reason => Assert.Single(_telemetry.Components).Reason;

    public void Dispose()
    {
        _shard.Dispose();
        _telemetry.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void A_shard_that_has_read_everything_is_ready_however_long_it_is_silent()
    {
        Pass(seconds: 600);
        Assert.Null(Reason);
    }

    [Fact]
    public void A_partition_that_has_records_and_delivers_none_makes_the_lane_unready_until_it_delivers()
    {
        _shard.Progress[1] = new PartitionProgress(40, 100);
        Pass(seconds: 60);
        Assert.Null(Reason);
        Pass(seconds: 5);
        Assert.Equal("progress: partition 0 of 'carts' has 60 records unread and has delivered none for 64 s", Reason);

        _shard.Progress[1] = new PartitionProgress(41, 100);
        Pass(seconds: 1);
        Assert.Null(Reason);
    }

    [Fact]
    public void A_slow_partition_is_no_standstill()
    {
        for (var position = 0; position < 20; position++)
        {
            _shard.Progress[0] = new PartitionProgress(position, 100);
            Pass(seconds: 50);
            Assert.Null(Reason);
        }
    }

    [Fact]
    public void A_partition_whose_end_is_not_known_is_a_standstill_as_well()
    {
        _shard.Progress[0] = new PartitionProgress(40, -1);
        Pass(seconds: 70);
        Assert.Equal("progress: partition 0 of 'clicks' has delivered nothing for 69 s, and no broker has given its end", Reason);
    }

    [Fact]
    public void A_paused_partition_is_no_standstill_but_events_that_wait_for_time_are_one()
    {
        _shard.Progress[0] = new PartitionProgress(40, -1);
        _shard.Paused.Add(0);
        Pass(seconds: 70);
        Assert.Null(Reason);

        Hold(eventTimeMs: _time.NowMs);
        Pass(seconds: 70);
        Assert.Equal("progress: partition 0: event time has stood still for 70 s, and 1 events wait for it", Reason);

        _shard.StandsBeforeChange = true;
        Pass(seconds: 1);
        Assert.EndsWith("wait for it; the next version of the definitions has not taken over", Reason, StringComparison.Ordinal);

        _shard.Watermark.AdvanceTo(_time.NowMs - 1000);
        Pass(seconds: 1);
        Assert.Null(Reason);
    }

    [Fact]
    public void A_watermark_ahead_of_the_clock_waits_for_the_clock()
    {
        Hold(eventTimeMs: _time.NowMs + 600_000);
        _shard.Watermark.AdvanceTo(_time.NowMs + 500_000);
        Pass(seconds: 400);
        Assert.Null(Reason);
    }

    [Fact]
    public void One_that_is_held_back_is_a_standstill_wherever_the_clock_is()
    {
        Hold(eventTimeMs: _time.NowMs + 600_000);
        _shard.Watermark.Observe(0, _time.NowMs + 600_000, _time.NowMs);
        _shard.Watermark.Observe(1, _time.NowMs + 600_000, _time.NowMs);
        _shard.Watermark.WantedMs([CaughtUp, CaughtUp], _time.NowMs, _time.NowMs);
        _shard.Watermark.AdvanceTo(_time.NowMs + 500_000);
        Pass(seconds: 70);
        Assert.StartsWith("progress: partition 0: event time has stood still", Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shard_that_was_restored_begins_anew()
    {
        _shard.Progress[0] = new PartitionProgress(40, 100);
        Pass(seconds: 59);
        _shard.Dispose();
        _shard = NewShard();
        _shard.Progress[0] = new PartitionProgress(40, 100);
        Pass(seconds: 59);
        Assert.Null(Reason);
    }

    private Shard NewShard()
    {
        var gauges = _counters.AddShard(0);
        var shard = new Shard(0, _lane, gauges, new RestoredShard(
            new CustomerStore(_directory, 0), _lane.FoldOf(_lane.Versions.First).Layout, _counters, new RestoreProgress(_counters, gauges, TimeProvider.System)));
        _lane.Shards[0] = shard;
        shard.Progress.AsSpan().Fill(CaughtUp);
        return shard;
    }

    private void Pass(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _counters.Health.Heartbeat();
            _watch.Look();
        }
    }

    private void Hold(long eventTimeMs)
    {
        new Fact("c", eventTimeMs, EventTypes.PageViewed).Write(_batch, 0, 0, 1, 0);
        _shard.Buffer.Add(_batch, in _batch[0]);
        _shard.Buffer.Release(0);
    }
}
