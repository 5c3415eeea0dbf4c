namespace StreamSegmenter.Engine.Contracts;

/// <summary>Receives a shard's state, key by key, while it is restored; later lines of a key replace earlier ones.</summary>
internal interface IRestoreTarget
{
    /// <param name="value">Empty: the key is deleted.</param>
    void Apply(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

    /// <summary>There is a line of this key behind the last complete commit: its writer died or gave up half way. It does not
    /// count, and since compaction may keep it instead of the line that does, the next commit writes the key again.</summary>
    void Unfinished(ReadOnlySpan<byte> key)
    {
    }

    /// <summary>How far it is, now and then.</summary>
    /// <param name="remaining">Lines still to read at most; compacted ones count, so it may fall faster than lines come.</param>
    void Progress(long remaining)
    {
    }
}
