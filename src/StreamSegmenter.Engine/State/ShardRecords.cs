namespace StreamSegmenter.Engine.State;

/// <summary>For tools that move state from one place to another.</summary>
internal static class ShardRecords
{
    /// <summary>The shard's own line as one has it that knows the watermark, but not where the inputs stand: it goes on where its
    /// group's committed offsets say, or where a new group begins.</summary>
    /// <exception cref="InvalidDataException">This is no shard's line.</exception>
    public static byte[] WithoutPositions(ReadOnlySpan<byte> shardLine)
    {
        var record = ShardRecord.Decode(shardLine);
        return (record with { Inputs = [], Exchange = record.Exchange is { } exchange ? exchange with { Position = -1 } : null }).Encode();
    }

    /// <summary>The shard's own line as another group's, which then goes on from it.</summary>
    /// <exception cref="InvalidDataException">This is no shard's line.</exception>
    public static byte[] OfGroup(ReadOnlySpan<byte> shardLine, string group) => (ShardRecord.Decode(shardLine) with { Group = group }).Encode();
}
