namespace StreamSegmenter.Engine.Options;

/// <summary>The engine's operating limits. The defaults are those of the configuration.</summary>
internal sealed record EngineOptions
{
    /// <summary>In the order of the configuration; an event's <c>Input</c> is an index into it.</summary>
    public required IReadOnlyList<InputTiming> Inputs { get; init; }

    /// <summary>A caught-up partition that is silent for so long leaves the watermark's minimum.</summary>
    public long IdleTimeoutMs { get; init; } = 1_000;

    /// <summary>Events further ahead of the clock are dead letters; null where there is no clock (replay).</summary>
    public long? MaxClockSkewMs { get; init; } = 3_600_000;

    /// <summary>Longest time from an event's processing to its commit.</summary>
    public long CommitIntervalMs { get; init; } = 1_000;

    /// <summary>Events a shard buffers before it pauses the partition that runs ahead.</summary>
    public int ReorderEventsMax { get; init; } = 100_000;

    /// <summary>A lane commits early when its working set grows beyond this.</summary>
    public long WorkingSetBytesMax { get; init; } = 256L << 20;

    /// <summary>Where state that does not fit into memory goes, and checkpoints; null: the system's temporary folder.</summary>
    public string? StateDirectory { get; init; }

    /// <summary>Memory of the customer stores of one lane, log and index together.</summary>
    public long StateMemoryBytes { get; init; } = 512L << 20;

    /// <summary>The engine's consumer group: its changelog names it, and no other group's engine continues from it. Empty:
    /// there is no group (replay).</summary>
    public string Group { get; init; } = "";

    /// <summary>A group whose changelog this engine may take over; null: none.</summary>
    public string? PreviousGroup { get; init; }

    /// <summary>How shards work together on what is not one shard's own, such as a conversion pane; null: they do not, and each hands out
    /// its own part (replay, which puts the parts together itself).</summary>
    public ExchangeOptions? Exchange { get; init; } = new();

    /// <summary>The exchange topic is one more input of every shard, behind the others: its number. -1: there is none.</summary>
    public int ExchangeInput => Exchange is { Shards: > 1 } ? Inputs.Count : -1;

    /// <summary>Partitions of one number that a shard reads: its inputs and the exchange.</summary>
    public int SourceCount => Inputs.Count + (ExchangeInput < 0 ? 0 : 1);

    /// <summary>Null: none are written or read, and what is in the state directory is deleted when the lane ends.</summary>
    public CheckpointOptions? Checkpoints { get; init; }
}
