using Confluent.Kafka;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Reads the end offsets that the client learned with its last fetches; asks no broker.</summary>
internal sealed class EndOffsets(IConsumer<CapturedBytes, CapturedBytes> consumer, TimeProvider clock)
{
    // A look-up costs about a microsecond per partition, and a busy lane polls every millisecond.
    private static readonly TimeSpan AgeMax = TimeSpan.FromMilliseconds(20);
    private long _readAt = long.MinValue;

    /// <summary>Brings <see cref="AssignedPartition.EndOffset"/> up to date: -1 where it is not known, that is before the first
    /// answer, after a seek, and while a partition is paused, because the client then asks the broker no more.</summary>
    public void Refresh(Assignment assignment)
    {
        var read = _readAt == long.MinValue || clock.GetElapsedTime(_readAt) >= AgeMax;
        if (read)
        {
            _readAt = clock.GetTimestamp();
        }

        foreach (var partition in assignment.Partitions)
        {
            if (!partition.Answered || partition.Held || partition.PausedByLane)
            {
                partition.EndOffset = -1;
            }
            else if (read || partition.EndOffset < 0)
            {
                // Behind the last record there may be transaction markers only: then the position is the end.
                partition.EndOffset = Math.Max(consumer.GetWatermarkOffsets(partition.Place).High.Value, partition.Position);
            }
            else
            {
                partition.EndOffset = Math.Max(partition.EndOffset, partition.Position);
            }
        }
    }
}
