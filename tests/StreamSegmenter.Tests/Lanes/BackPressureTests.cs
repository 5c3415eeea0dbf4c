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

/// <summary>Two inputs; a shard may hold ten events.</summary>
public sealed class BackPressureTests : IDisposable
{
    private const int EventsMax = 10;
    private static readonly PartitionProgress Lags = new(5, 100);
    private readonly string _directory = Directory.CreateTempSubdirectory("back-pressure-").FullName;
    private readonly EngineTelemetry _telemetry;
    private readonly Shard _shard;
    private readonly BackPressure _backPressure;
    private readonly Valves _valves = new();
    private readonly EventBatch _batch = new();

    public BackPressureTests()
    {
        var scenario = new Scenario(1);
        var time = new ManualTime();
        var options = new EngineOptions
        {
            Inputs = [new InputTiming("a", 0), new InputTiming("b", 500)],
            MaxClockSkewMs = null,
            CommitIntervalMs = 0,
            ReorderEventsMax = EventsMax,
            WorkingSetBytesMax = 1 << 20,
            StateMemoryBytes = 0,
        };
        _telemetry = new EngineTelemetry(
            new TelemetryLabels(["a", "b"], ["rule-0", "rule-1", "rule-2"], scenario.Segments.SegmentIds), time, "back-pressure-" + Guid.NewGuid());
        var counters = _telemetry.AddLane();
        var lane = new LaneContext(new DefinitionVersions(DefinitionVersion.OfFile(scenario.Definitions, scenario.Segments)), options, counters, time);
        var gauges = counters.AddShard(0);
        _shard = new Shard(0, lane, gauges, new RestoredShard(
            new CustomerStore(_directory, 0), lane.FoldOf(lane.Versions.First).Layout, counters, new RestoreProgress(counters, gauges, TimeProvider.System)));
        lane.Shards[0] = _shard;
        _shard.Progress.AsSpan().Fill(Lags);
        _backPressure = new BackPressure(lane, _valves);
    }

    public void Dispose()
    {
        _shard.Dispose();
        _telemetry.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Up_to_the_limit_nothing_is_paused()
    {
        Hold(EventsMax, aheadMs: 5000, behindMs: 1000);
        _backPressure.Apply();
        Assert.Empty(_valves.Closed);
    }

    [Fact]
    public void Beyond_it_the_partition_that_runs_ahead_is_paused_and_never_the_slowest()
    {
        Hold(EventsMax + 1, aheadMs: 5000, behindMs: 1000);
        _backPressure.Apply();
        Assert.Equal([0], _valves.Closed);

        // The second is ahead by event time, but its own watermark is 500 behind: now it is waited for, and the first is not.
        _shard.Watermark.Observe(1, 5400, 0);
        _backPressure.Apply();
        Assert.Equal([0], _valves.Closed);
    }

    [Fact]
    public void When_the_buffer_is_half_empty_all_go_on()
    {
        Hold(EventsMax + 1, aheadMs: 5000, behindMs: 1000);
        _backPressure.Apply();
        _shard.Buffer.Release(6 + 1);
        Assert.Equal(5, _shard.Buffer.Count);
        _backPressure.Apply();
        Assert.Empty(_valves.Closed);
    }

    [Fact]
    public void A_paused_partition_that_has_become_the_slowest_goes_on_although_the_buffer_is_not_half_empty()
    {
        Hold(EventsMax + 1, aheadMs: 5000, behindMs: 1000);
        _backPressure.Apply();
        _shard.Buffer.Release(4);
        _shard.Watermark.Observe(1, 9000, 0);
        _backPressure.Apply();
        Assert.Empty(_valves.Closed);
    }

    /// <summary>Events at 1, 2, 3 … are held; the first input has come to one time, the second to another.</summary>
    private void Hold(int events, long aheadMs, long behindMs)
    {
        for (var timeMs = 1; timeMs <= events; timeMs++)
        {
            _batch.Clear();
            new Fact("c", timeMs, EventTypes.PageViewed).Write(_batch, 0, 0, timeMs, 0);
            _shard.Buffer.Add(_batch, in _batch[0]);
        }

        _shard.Buffer.Release(0);
        _shard.Watermark.Observe(0, aheadMs, 0);
        _shard.Watermark.Observe(1, behindMs, 0);
    }

    private sealed class Valves : ILaneSource
    {
        public SortedSet<int> Closed { get; } = [];

        public IAssignmentListener? Listener { get; set; }

        public void Poll(PolledRecords polled, TimeSpan timeout) => throw new NotSupportedException();

        public void ReportProgress(IDictionary<InputPartition, PartitionProgress> progress) => throw new NotSupportedException();

        public void Pause(InputPartition partition) => Assert.True(Closed.Add(partition.Input));

        public void Resume(InputPartition partition) => Assert.True(Closed.Remove(partition.Input));

        public void Seek(InputPartition partition, long offset) => throw new NotSupportedException();

        public void Close()
        {
        }

        public void Dispose()
        {
        }
    }
}
