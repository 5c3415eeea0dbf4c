namespace StreamSegmenter.Engine.Options;

/// <summary>Whether and how often shards write checkpoints into the state directory.</summary>
/// <param name="Changelog">The changelog topic: a checkpoint counts only together with the topic whose positions it names.</param>
/// <param name="IntervalMs">From the start of one checkpoint of a shard to the start of its next.</param>
/// <param name="AgeMsMax">An older one is not restored from: the changelog may have forgotten what was deleted since. Less than
/// the topic's <c>delete.retention.ms</c> by the time that a restore takes.</param>
/// <param name="TimeoutMs">One that takes longer is given up.</param>
internal sealed record CheckpointOptions(string Changelog, long IntervalMs, long AgeMsMax, long TimeoutMs = CheckpointOptions.DefaultTimeoutMs)
{
    /// <summary>Ten minutes: at least 50 GiB on the slowest disk that one would use.</summary>
    public const long DefaultTimeoutMs = 600_000;

    /// <summary>Bytes looked at between two polls. The default takes about a millisecond, and does 10 MiB/s even when a turn takes
    /// the longest poll.</summary>
    public int SliceBytes { get; init; } = 512 * 1024;
}
