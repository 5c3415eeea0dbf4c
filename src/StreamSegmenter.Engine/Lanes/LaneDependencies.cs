using StreamSegmenter.Engine.Checkpoints;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Options;
using StreamSegmenter.Engine.Outputs;
using StreamSegmenter.Engine.Reads;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Engine.Versions;

namespace StreamSegmenter.Engine.Lanes;

/// <summary>What a lane is made of.</summary>
internal sealed record LaneDependencies
{
    /// <summary>The lane's number in its process.</summary>
    public int Index { get; init; }

    public required DefinitionVersions Versions { get; init; }

    public required EngineOptions Options { get; init; }

    public required LaneCounters Counters { get; init; }

    public required EngineOutputs Outputs { get; init; }

    public required TimeProvider Clock { get; init; }

    public required ILaneSource Source { get; init; }

    public required ILaneSink Sink { get; init; }

    /// <summary>Receives sentences for the operator: a checkpoint that failed, or was not used.</summary>
    public Action<string>? Report { get; init; }

    /// <summary>That of the lane before, where this one takes its place.</summary>
    public LaneHandover Handover { get; init; } = new();

    /// <summary>How often a restore looks, ten times a second, for a version of the definitions that this process has not read yet.</summary>
    internal int VersionAttemptsMax { get; init; } = 300;

    /// <summary>Questions of other threads about the committed state; null: nobody asks.</summary>
    public LaneReads? Reads { get; init; }

    internal ICheckpointFiles CheckpointFiles { get; init; } = new DiskFiles();

    internal CreateSpillFile CreateSpillFile { get; init; } = SpillFile.Create;

    /// <summary>Lends an empty store; null: every shard makes its own, which takes longer than a short life.</summary>
    internal Func<CustomerStore>? LendStore { get; init; }
}
