using Confluent.Kafka;
using StreamSegmenter.Connectors.Kafka.Native;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Commits offsets of a group within a time. <c>Consumer.Commit</c> of Confluent.Kafka has no limit: while no broker
/// answers it waits, and could be neither cancelled nor closed.</summary>
internal static unsafe class OffsetCommit
{
    private const int SliceMs = 50;

    /// <param name="giveUp">Asked now and then while there is no answer. Whether they are committed is not known then.</param>
    /// <exception cref="KafkaException">Refused for a partition at least, or given up
    /// (<see cref="ErrorCode.Local_TimedOut"/>).</exception>
    public static void Run(IClient consumer, IReadOnlyList<TopicPartitionOffset> offsets, Func<bool> giveUp)
    {
        var client = NativeHandle.Of(consumer);

        // A queue for this commit alone: the answer to one that was given up must not be taken for the next one's.
        var queue = Librdkafka.QueueNew(client);
        var positions = Librdkafka.PositionsNew(offsets.Count);
        try
        {
            foreach (var offset in offsets)
            {
                Librdkafka.PositionsAdd(positions, offset.Topic, offset.Partition.Value)->Offset = offset.Offset.Value;
            }

            ThrowIfError(Librdkafka.CommitQueue(client, positions, queue, 0, 0));
            Await(queue, giveUp);
        }
        finally
        {
            Librdkafka.PositionsDestroy(positions);
            Librdkafka.QueueDestroy(queue);
        }
    }

    private static void Await(nint queue, Func<bool> giveUp)
    {
        nint answer;
        while ((answer = Librdkafka.QueuePoll(queue, SliceMs)) == 0)
        {
            if (giveUp())
            {
                throw new KafkaException(new Error(ErrorCode.Local_TimedOut, "the group's coordinator does not answer"));
            }
        }

        try
        {
            ThrowIfError(Librdkafka.EventError(answer));
            var committed = Librdkafka.EventPositions(answer);
            for (var i = 0; committed != null && i < committed->Count; i++)
            {
                ThrowIfError(committed->First[i].Error);
            }
        }
        finally
        {
            Librdkafka.EventDestroy(answer);
        }
    }

    private static void ThrowIfError(int code)
    {
        if (code != 0)
        {
            throw new KafkaException((ErrorCode)code);
        }
    }
}
