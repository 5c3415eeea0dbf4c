namespace StreamSegmenter.Engine.Options;

/// <summary>The engine's operating limits; every one has a documented default in the configuration's schema.</summary>
/// <param name="Inputs">In the order of the configuration; an event's <c>Input</c> is an index into it.</param>
/// <param name="IdleTimeoutMs">A caught-up partition so long silent leaves the watermark's minimum.</param>
/// <param name="MaxClockSkewMs">Events further ahead of the clock are dead letters; null where there is no clock (replay).</param>
/// <param name="CommitIntervalMs">Longest time from an event's processing to its commit.</param>
/// <param name="ReorderEventsMax">Events a shard buffers before it pauses the partition that runs ahead.</param>
/// <param name="WorkingSetBytesMax">A lane commits early when its working set grows beyond this.</param>
/// <param name="StateDirectory">Where state that does not fit into memory goes, and checkpoints; null: the system's temporary folder.</param>
/// <param name="StateMemoryBytes">Memory of the customer stores of one lane, log and index together.</param>
internal sealed record EngineOptions(
    IReadOnlyList<InputTiming> Inputs,
    long IdleTimeoutMs,
    long? MaxClockSkewMs,
    long CommitIntervalMs,
    int ReorderEventsMax,
    long WorkingSetBytesMax,
    string? StateDirectory,
    long StateMemoryBytes)
{
    /// <summary>The consumer group that the engine is of: its changelog names it, and no other group's engine goes on from it. Empty:
    /// there is no group (replay).</summary>
    public string Group { get; init; } = "";

    /// <summary>A group whose changelog this engine may take over; null: none.</summary>
    public string? PreviousGroup { get; init; }

    /// <summary>Null: none are written or read, and what is in the state directory is deleted when the lane ends.</summary>
    public CheckpointOptions? Checkpoints { get; init; }
}
