namespace StreamSegmenter.Events;

/// <summary>What became of a record that is among the dead letters.</summary>
public enum DeadLetterKind : byte
{
    /// <summary>Nothing of it was applied.</summary>
    Refused,

    /// <summary>Its events were applied without what the reason names.</summary>
    Partial,
}

/// <summary>A record that could not be read or must not be applied, with its place and its original bytes.</summary>
/// <param name="Source">Topic or file name.</param>
/// <param name="Partition">Partition of the record; 0 for a file.</param>
/// <param name="Offset">Offset of the record; the line number (from 1) for a file.</param>
/// <param name="Reason">What is wrong, where, and the nearest remedy.</param>
/// <param name="Key">The record's key, empty when it had none.</param>
/// <param name="Value">The record's original bytes.</param>
public sealed record DeadLetter(
    string Source, int Partition, long Offset, string Reason, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value)
{
    public DeadLetterKind Kind { get; init; }

    /// <summary>The customer of the record's first event, where it was legible; null otherwise.</summary>
    public string? CustomerId { get; init; }
}
