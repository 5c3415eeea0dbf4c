using System.Diagnostics.Metrics;
using StreamSegmenter.Engine.Versions;

namespace StreamSegmenter.Engine.Telemetry;

/// <summary>The engine's operational numbers: one <see cref="Meter"/> whose instruments observe what the lanes count.
/// Created once per engine; lanes are added before they run. docs/telemetry.md describes every instrument.</summary>
internal sealed class EngineTelemetry : IReadiness, ILiveness, IDisposable
{
    public const string DefaultMeterName = "StreamSegmenter";

    private static readonly TimeSpan StuckAfterLeast = TimeSpan.FromMinutes(3);

    private readonly Meter _meter;
    private readonly Histogram<double> _commitDuration;
    private readonly Histogram<double> _timeToReady;
    private readonly Histogram<double> _checkpointDuration;
    private readonly Lock _adding = new();
    private volatile LaneCounters[] _lanes = [];
    private volatile string _starting = "no lane has started yet";

    /// <param name="meterName">Two engines in one process need two names to be distinguished.</param>
    public EngineTelemetry(TelemetryLabels labels, TimeProvider clock, string meterName = DefaultMeterName)
    {
        Labels = labels;
        Clock = clock;
        _meter = new Meter(meterName, typeof(EngineTelemetry).Assembly.GetName().Version?.ToString(3));
        FlowInstruments.Create(_meter, this);
        MappingInstruments.Create(_meter, this);
        OutputInstruments.Create(_meter, this);
        StateInstruments.Create(_meter, this);
        CheckpointInstruments.Create(_meter, this);
        ProcessInstruments.Create(_meter, this);
        ConnectionInstruments.Create(_meter, this);
        VersionInstruments.Create(_meter, this);
        _timeToReady = ConnectionInstruments.CreateTimeToReady(_meter);
        _commitDuration = OutputInstruments.CreateCommitDuration(_meter);
        _checkpointDuration = CheckpointInstruments.CreateDuration(_meter);
    }

    /// <summary>A ready lane whose loop makes no turn for so long is stuck. Longer than any wait inside a healthy loop.</summary>
    public TimeSpan StuckAfter { get; private init; } = StuckAfterLeast;

    /// <summary>The longest that a healthy lane waits in one turn: a commit that the brokers do not answer.</summary>
    public TimeSpan CommitTimeout
    {
        // A turn may hold one commit, and another for a rebalance, each with an abort behind it.
        init => StuckAfter = value * 3 > StuckAfterLeast ? value * 3 : StuckAfterLeast;
    }

    public string MeterName => _meter.Name;

    public TelemetryLabels Labels { get; }

    /// <summary>True once there is a lane and every lane is restored and connected.</summary>
    public bool IsReady
    {
        get
        {
            var lanes = _lanes;
            return lanes.Length > 0 && Array.TrueForAll(lanes, lane => lane.Health.IsReady);
        }
    }

    public IEnumerable<ComponentState> Components => _lanes is { Length: > 0 } lanes
        ? lanes.Select(lane => lane.Health.Readiness()).Concat(UnusedMappings()).Concat(RefusedDefinitions())
        : [new ComponentState("engine", false, _starting)];

    public IEnumerable<ComponentState> Health => _lanes.Select(lane => lane.Health.Liveness(StuckAfter));

    /// <summary>Tells of the mapping of the input at that place in the configuration. Any thread may ask. Null: nothing is known.</summary>
    public Func<int, MappingFigures>? Mappings { get; set; }

    /// <summary>The versions of the definitions that the lanes follow; null: they follow none.</summary>
    public DefinitionVersions? Versions { get; init; }

    internal TimeProvider Clock { get; }

    internal MappingFigures MappingOf(int input) => Mappings?.Invoke(input) ?? MappingFigures.None;

    // A detail and no reason to be unready: the events are read, but not as their mapping meant it.
    private IEnumerable<ComponentState> UnusedMappings() =>
        from input in Enumerable.Range(0, Labels.Inputs.Count)
        from unused in MappingOf(input).Unused
        select new ComponentState($"mapping of {Labels.Inputs[input]}", true, unused);

    // Those in force stay, so it is no reason to be unready either.
    private IEnumerable<ComponentState> RefusedDefinitions() =>
        Versions?.Fault is { } fault ? [new ComponentState("definitions", true, $"refused, those in force stay: {fault}")] : [];

    internal LaneCounters[] Lanes => _lanes;

    /// <summary>The counters of one more lane, named by their order: lane-0, lane-1, … A lane that is started anew
    /// keeps the counters that it has.</summary>
    public LaneCounters AddLane()
    {
        lock (_adding)
        {
            var lane = new LaneCounters(_lanes.Length, Labels, Clock, _commitDuration, _checkpointDuration, _timeToReady);
            _lanes = [.. _lanes, lane];
            return lane;
        }
    }

    /// <summary>Why there is no lane yet.</summary>
    public void ReportStarting(string reason) => _starting = reason;

    public void Dispose() => _meter.Dispose();

    internal long NowMs() => Clock.GetUtcNow().ToUnixTimeMilliseconds();
}
