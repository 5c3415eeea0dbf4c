namespace StreamSegmenter.Engine.Contracts;

/// <summary>How far a partition has been read.</summary>
/// <param name="Position">Offset of the next record to poll.</param>
/// <param name="EndOffset">The partition's high watermark as last reported by the broker; -1 when not yet known.</param>
/// <param name="InputTimeMs">Largest event time that the source itself knows for the whole input, where it reads in an order
/// of its own (files); <see cref="long.MinValue"/> otherwise.</param>
/// <param name="Ended">Nothing will ever follow (the end of a file).</param>
internal readonly record struct PartitionProgress(
    long Position, long EndOffset, long InputTimeMs = long.MinValue, bool Ended = false)
{
    /// <summary>Everything there is has been polled.</summary>
    public bool CaughtUp => EndOffset >= 0 && Position >= EndOffset;

    /// <summary>The latest processing time, epoch milliseconds, as of which it is proved that nothing stood behind the position.
    /// A source whose end offset is always the present one leaves it at <see cref="long.MaxValue"/>.</summary>
    public long CaughtUpAtMs { get; init; } = long.MaxValue;
}
