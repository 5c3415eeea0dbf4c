using Confluent.Kafka;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Takes the records that a lane's consumer hands out: decodes them into what the lane polls, holds a partition whose record cannot be
/// decoded now, and notices records that the brokers have deleted. Lane's thread only.</summary>
internal sealed class RecordDelivery(
    IReadOnlyList<IRecordDecoder> decoders, Assignment assignment, PartitionHolds holds, IConsumer<CapturedBytes, CapturedBytes> consumer,
    ConnectionStatus status, ConsumerWatch watch, Action<LostRecords>? lost) : IRecordReceiver
{
    /// <summary>Receives the records while the lane polls; null otherwise.</summary>
    public PolledRecords? Polled { get; set; }

    public void OnRecord(
        int topic, int partition, long offset, long timestampMs, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        watch.Taken++;

        // No partition: it was taken away while the record waited in the batch.
        if (assignment.Find(topic, partition) is not { } found)
        {
            return;
        }

        if (found.Held)
        {
            holds.Dropped(found, offset);
            return;
        }

        NoticeLoss(found, offset);
        if (topic >= decoders.Count)
        {
            Polled!.Exchange.Add(new ExchangeRecord(partition, value.ToArray()));
            found.Delivered(offset, next: offset + 1);
            return;
        }

        var record = new SourceRecord
        {
            Input = (ushort)topic, Partition = partition, Offset = offset, TimestampMs = timestampMs, Key = key, Value = value,
        };
        var outcome = RecordIntake.Take(in record, found.Place.Topic, decoders[topic], Polled!);
        if (outcome.Status == DecodeStatus.Unavailable)
        {
            var reason = outcome.Reason ?? "a record cannot be decoded now";
            status.Troubled(reason);
            holds.HoldUnreadable(found, offset, reason);
            return;
        }

        found.Delivered(offset, next: offset + 1);
        found.Attempts = 0;
    }

    public void OnEndOfPartition(int topic, int partition, long offset)
    {
        watch.Taken++;
        status.Connected();
        if (assignment.Find(topic, partition) is { Held: false } found)
        {
            NoticeLoss(found, offset);
            found.Delivered(offset, next: offset);
        }
    }

    public void OnError(ErrorCode code, string reason) =>
        status.Report(new Error(code, reason, isFatal: code == ErrorCode.Local_Fatal));

    /// <summary>An offset that is passed over may be a transaction's marker or a compacted record. Only one below the partition's
    /// start, which the client learns with every fetch, is of a record that the brokers have deleted.</summary>
    private void NoticeLoss(AssignedPartition partition, long offset)
    {
        if (partition.Position >= 0 && offset > partition.Position)
        {
            var gone = Math.Min(offset, consumer.GetWatermarkOffsets(partition.Place).Low.Value) - partition.Position;
            if (gone > 0 && partition.Key.Input < decoders.Count)
            {
                lost?.Invoke(new LostRecords(
                    partition.Key.Input, partition.Place.Topic, partition.Key.Partition, partition.Position, gone));
            }
        }
    }
}
