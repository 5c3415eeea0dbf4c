namespace StreamSegmenter.Runtime.Configuration.Sections;

/// <param name="Lanes">Null: one per core.</param>
/// <param name="StateDirectory">Null: a temporary folder, and no checkpoints.</param>
internal sealed record EngineConfiguration(
    int? Lanes, int Shards, long CommitIntervalMs, long IdleTimeoutMs, long MaxClockSkewMs, int ReorderEventsMax,
    long WorkingSetBytesMax, string? StateDirectory, long StateMemoryBytes, long ShutdownDeadlineMs, long CheckpointIntervalMs,
    long CheckpointAgeMsMax);
