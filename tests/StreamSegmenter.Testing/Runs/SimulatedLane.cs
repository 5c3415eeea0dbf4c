using System.Diagnostics.Metrics;
using StreamSegmenter.Engine.Lanes;
using StreamSegmenter.Engine.Options;
using StreamSegmenter.Engine.Outputs;
using StreamSegmenter.Engine.Reads;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Testing.Model;

namespace StreamSegmenter.Testing.Runs;

/// <summary>A real lane of the engine between a source and a sink of the model. It makes a turn when the world says so.</summary>
internal sealed class SimulatedLane : IDisposable
{
    // Nobody listens: the instrument takes what it is told and forgets it.
    private static readonly Histogram<double> Duration = new Meter("simulation").CreateHistogram<double>("duration");

    private readonly EngineOutputs _outputs = new();
    private bool _isDisposed;

    public SimulatedLane(World world, SimulatedProcess process, int index)
    {
        World = world;
        Process = process;
        Instance = $"{process.Instance}-{index}";
        Name = $"{Instance}/{process.Life}";
        Transactional = world.Weather.StaticMembers ? Instance : Name;
        Source = new ModelSource(this);
        Sink = new ModelSink(this);
        var options = OptionsOf(world, process);
        var labels = new TelemetryLabels(
            [.. options.Inputs.Select(input => input.Name)],
            [.. world.Scenario.Definitions.CartAbandonment.Select(rule => rule.Id)], world.Scenario.Segments.SegmentIds);
        Engine = new Lane(new LaneDependencies
        {
            Index = index,
            Versions = process.Versions,
            VersionAttemptsMax = 0,
            Options = options,
            Counters = Counters = new LaneCounters(index, labels, process.Clock, Duration, Duration, Duration),
            Outputs = _outputs,
            Clock = process.Clock,
            Source = world.Mutation.OfSource(Source),
            Sink = world.Mutation.OfSink(Sink),
            LendStore = world.Weather.Spill is null ? StorePool.Lend : null,
            Report = sentence => world.Hear(this, sentence),
            CheckpointFiles = new ModelFiles(this, process.Disk),
            CreateSpillFile = world.Weather.Spill ?? SpillFile.Create,
            Reads = Reads = new LaneReads(process.Clock),
        });
        Engine.Begin(default);
    }

    public World World { get; }

    public SimulatedProcess Process { get; }

    /// <summary>The lane's name in the group, the same in every life of the process.</summary>
    public string Instance { get; }

    /// <summary>Of this life alone.</summary>
    public string Name { get; }

    /// <summary>The transactional id.</summary>
    public string Transactional { get; }

    public ModelSource Source { get; }

    public ModelSink Sink { get; }

    public Lane Engine { get; }

    public LaneCounters Counters { get; }

    /// <summary>What others ask the lane.</summary>
    public LaneReads Reads { get; }

    /// <summary>In the middle of a turn, while others have theirs.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Its inputs have ended and all of it is committed, and others have nothing more to tell it.</summary>
    public bool HasEnded
    {
        get => field && Source.HasHeardAll;
        set;
    }

    private static EngineOptions OptionsOf(World world, SimulatedProcess process) =>
        !world.Weather.KeepsCheckpoints ? world.Options : world.Options with
        {
            StateDirectory = Path.Combine(world.Weather.StateDirectory, process.Instance),
            Checkpoints = new CheckpointOptions(
                "changelog", world.Weather.CheckpointIntervalMs, world.Mutation.ForgetsAge ? long.MaxValue : world.Weather.DeleteRetentionMs / 2)
            {
                SliceBytes = world.Weather.CheckpointSliceBytes,
            },
        };

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            Engine.Dispose();
            _outputs.Complete();
        }
    }
}
