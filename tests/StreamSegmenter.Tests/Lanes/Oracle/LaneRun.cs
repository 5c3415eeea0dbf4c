using System.Text.Json;
using StreamSegmenter.Customers;
using StreamSegmenter.Engine.Checkpoints;
using StreamSegmenter.Engine.Lanes;
using StreamSegmenter.Engine.Pipeline;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Tests.Telemetry;

namespace StreamSegmenter.Tests.Lanes.Oracle;

/// <summary>Runs the real lane over a log to its end, through whatever weather: after a crash another lane takes over from
/// changelog and offsets.</summary>
internal sealed class LaneRun
{
    private const int CrashesMax = 6;
    private readonly Scenario _scenario;
    private readonly ManualTime _time = new();
    private readonly Random _random;

    public LaneRun(Scenario scenario, MemoryLog log, Weather weather)
    {
        _scenario = scenario;
        Log = log;
        _random = new Random(weather.Seed);
        if (weather.ClockStepMsMax > 0)
        {
            _time.Advance(TimeSpan.FromMilliseconds(log.FirstArrivalMs - _time.NowMs));
        }

        for (var crash = 0; !Try(crash < CrashesMax ? weather : weather with { CrashShare = 0, HalfWrittenShare = 0 }); crash++)
        {
            Crashes++;
        }
    }

    public MemoryLog Log { get; }

    public int Crashes { get; private set; }

    public FoldTotals Totals { get; private set; }

    /// <summary>Shards of the last lane whose disk gave back something wrong.</summary>
    public long StatesDamaged { get; private set; }

    /// <summary>Every customer's committed state, spelled out.</summary>
    public List<string> Customers { get; } = [];

    private bool Try(Weather weather)
    {
        var options = new EngineOptions(
            [.. Enumerable.Range(0, Log.Inputs).Select(input => new InputTiming(MemoryLog.InputName(input), _scenario.OutOfOrdernessMs))],
            1000, weather.HasClock ? 60_000 : null, _random.Next(3) * 4, _random.Next(2) == 0 ? 4 : 1000, weather.WorkingSetBytesMax,
            weather.StateDirectory, 64 << 20)
        {
            Checkpoints = weather.StateDirectory is null ? null : new CheckpointOptions("changelog", IntervalMs: 1, AgeMsMax: long.MaxValue),
        };
        using var telemetry = new EngineTelemetry(
            new TelemetryLabels(
                [.. options.Inputs.Select(input => input.Name)],
                [.. _scenario.Definitions.CartAbandonment.Select(rule => rule.Id)], _scenario.Segments.SegmentIds), _time, "oracle-" + Guid.NewGuid());
        using var outputs = new EngineOutputs();
        var counters = telemetry.AddLane();
        using var lane = new Lane(new LaneParts(
            0, _scenario.Definitions, _scenario.Segments, options, counters, outputs, _time,
            new MemorySource(Log, weather, _random, _time), new MemorySink(Log, weather, _random))
        {
            CreateSpillFile = weather.Spill,
        });
        try
        {
            Assert.Equal(CommitStatus.Committed, lane.Run(default).Status);
        }
        catch (CrashException)
        {
            return false;
        }

        Totals = lane.Totals;
        StatesDamaged = counters.StatesDamaged;
        Customers.AddRange(_scenario.Customers.Select(id => JsonSerializer.Serialize(lane.Describe(id))));
        return true;
    }
}
