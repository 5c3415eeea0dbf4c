namespace StreamSegmenter.Engine.Contracts;

/// <summary>A record as a source reads it: bytes with a position. Valid only during the call that receives it.</summary>
internal readonly ref struct SourceRecord
{
    public required ushort Input { get; init; }

    public required int Partition { get; init; }

    /// <summary>Offset in the partition, or the line number (from 1) of a file.</summary>
    public required long Offset { get; init; }

    /// <summary>The record's own timestamp in epoch milliseconds, or -1: used where a mapping says so.</summary>
    public long TimestampMs { get; init; }

    public ReadOnlySpan<byte> Key { get; init; }

    public ReadOnlySpan<byte> Value { get; init; }
}
