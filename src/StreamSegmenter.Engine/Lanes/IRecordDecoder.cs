using StreamSegmenter.Events;

namespace StreamSegmenter.Engine.Lanes;

/// <summary>A record as a source reads it: bytes with a position. Valid only during the call that receives it.</summary>
public readonly ref struct SourceRecord
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

public enum DecodeStatus : byte
{
    /// <summary>The record's events (none, one or many) were appended.</summary>
    Decoded,

    /// <summary>The record is bad and always will be: dead letter. Nothing was appended.</summary>
    Refused,

    /// <summary>The record may become readable (its schema cannot be fetched now): pause and try again.</summary>
    Unavailable,
}

/// <param name="Reason">Where, what, nearest remedy; null when decoded.</param>
public readonly record struct DecodeOutcome(DecodeStatus Status, string? Reason)
{
    public static DecodeOutcome Decoded => default;

    public static DecodeOutcome Refused(string reason) => new(DecodeStatus.Refused, reason);

    public static DecodeOutcome Unavailable(string reason) => new(DecodeStatus.Unavailable, reason);
}

/// <summary>Turns the records of one input into events. One instance per input and lane: not thread-safe, may keep buffers.
/// Bad data is an outcome, never an exception.</summary>
public interface IRecordDecoder
{
    DecodeOutcome Decode(in SourceRecord record, EventBatch batch);
}
