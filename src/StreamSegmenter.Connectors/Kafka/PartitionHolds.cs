using System.Globalization;
using Confluent.Kafka;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Holds partitions back and takes them up again; what a hold is, <see cref="AssignedPartition"/> says.</summary>
internal sealed class PartitionHolds(
    IConsumer<CapturedBytes, CapturedBytes> consumer, Assignment assignment, TimeProvider clock)
{
    private const long SeekRetryMs = 50;
    private const long BackoffMs = 1_000;
    private const int BackoffDoublingsMax = 5;

    /// <summary>Whether any partition is held.</summary>
    public bool Any
    {
        get
        {
            foreach (var partition in assignment.Partitions)
            {
                if (partition.Held)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The record at this offset cannot be decoded now: tries again after 1 s, 2 s, 4 s … 32 s.</summary>
    public void HoldUnreadable(AssignedPartition partition, long offset, string reason)
    {
        if (partition.Attempts == 0)
        {
            partition.UnreadableReason = string.Create(
                CultureInfo.InvariantCulture,
                $"partition {partition.Place.Partition.Value} of '{partition.Place.Topic}' waits at offset {offset}: {reason}");
        }

        var backoffMs = BackoffMs << Math.Min(partition.Attempts++, BackoffDoublingsMax);
        partition.Hold(offset, After(backoffMs));
        PauseForHold(partition);
    }

    /// <summary>A record came although its partition is held: remember the first one, stop fetching more.</summary>
    public void Dropped(AssignedPartition partition, long offset)
    {
        if (partition.HeldAt < 0)
        {
            partition.Hold(offset, partition.HeldUntil);
        }

        PauseForHold(partition);
    }

    /// <summary>The lane goes back: whatever held the partition shows itself again if it is still so.</summary>
    /// <param name="reading">A read is under way and may still hand out what comes after: seek before the next one.</param>
    public void Seek(AssignedPartition partition, long offset, bool reading)
    {
        partition.GoBack(offset);
        partition.Hold(offset, until: 0);
        if (!reading)
        {
            TryRelease(partition);
        }
    }

    public void ReleaseDue()
    {
        var now = clock.GetTimestamp();
        foreach (var partition in assignment.Partitions)
        {
            if (partition.Held && partition.HeldUntil <= now)
            {
                TryRelease(partition);
            }
        }
    }

    private void TryRelease(AssignedPartition partition)
    {
        if (partition.HeldAt >= 0)
        {
            try
            {
                consumer.Seek(new TopicPartitionOffset(partition.Place, partition.HeldAt));
            }
            catch (KafkaException e) when (!e.Error.IsFatal)
            {
                // The client is still starting (or stopping) to fetch this partition and takes no seek yet. ConsumerWatch limits the patience.
                partition.IsSeekRefused = true;
                partition.Hold(partition.HeldAt, After(SeekRetryMs));
                return;
            }

            partition.GoBack(partition.HeldAt);
        }

        partition.EndHold();
        partition.Answered = false;
        if (partition.PausedByHold)
        {
            partition.PausedByHold = false;
            if (!partition.PausedByLane)
            {
                consumer.Resume([partition.Place]);
            }
        }
    }

    private void PauseForHold(AssignedPartition partition)
    {
        partition.Answered = false;
        if (!partition.PausedByHold)
        {
            partition.PausedByHold = true;
            consumer.Pause([partition.Place]);
        }
    }

    private long After(long milliseconds) => clock.GetTimestamp() + (milliseconds * clock.TimestampFrequency / 1_000);
}
