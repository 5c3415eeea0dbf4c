using StreamSegmenter.Engine.Options;

namespace StreamSegmenter.Runtime.Configuration.Sections;

internal sealed record EngineConfiguration
{
    /// <summary>Threads; null: one per core.</summary>
    public int? Lanes { get; init; }

    /// <summary>Virtual partitions of a replay.</summary>
    public required int Shards { get; init; }

    /// <summary>For the last commit and for leaving the group.</summary>
    public required TimeSpan ShutdownDeadline { get; init; }

    /// <summary>The limits, with the inputs still to be named: <c>run</c> calls them by topic, <c>replay</c> by file.</summary>
    public required EngineOptions Limits { get; init; }

    /// <summary>Only for <c>run</c>: elsewhere there is no changelog to continue from. Null without a state directory.</summary>
    public CheckpointOptions? Checkpoints { get; init; }
}
