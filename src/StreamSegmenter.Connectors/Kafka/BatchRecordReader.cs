using System.Runtime.InteropServices;
using Confluent.Kafka;
using StreamSegmenter.Connectors.Kafka.Native;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Takes records in batches straight from librdkafka's queue behind a Confluent.Kafka consumer: no object per record,
/// and receivers see the client's own memory. While it is in use nobody may call the consumer's <c>Consume</c>.
/// Dispose it before the consumer.</summary>
internal sealed unsafe class BatchRecordReader : IRecordReader
{
    private const int TopicsCached = 16;
    private readonly Dictionary<string, int> _topics;
    private readonly nint[] _batch;
    private readonly nint[] _topicHandles = new nint[TopicsCached];
    private readonly int[] _topicNumbers = new int[TopicsCached];
    private int _topicHandleCount;
    private nint _queue;

    private BatchRecordReader(nint queue, IReadOnlyList<string> topics, int recordsMax)
    {
        _queue = queue;
        _topics = TopicNumbers.Of(topics);
        _batch = new nint[recordsMax];
    }

    /// <summary>Null where Confluent.Kafka, in another version, does not let its handle be found.</summary>
    public static BatchRecordReader? TryCreate(IClient consumer, IReadOnlyList<string> topics, int recordsMax)
    {
        var handle = Librdkafka.HandleOf(consumer);
        return handle == 0 ? null : new BatchRecordReader(Librdkafka.QueueGetConsumer(handle), topics, recordsMax);
    }

    public void Read(TimeSpan timeout, int recordsMax, IRecordReceiver receiver)
    {
        ObjectDisposedException.ThrowIf(_queue == 0, this);
        fixed (nint* slots = _batch)
        {
            var records = (NativeRecord**)slots;
            // A batch call waits until the batch is full, so it may wait for one record only; the rest must be there.
            var count = (int)Librdkafka.ConsumeBatchQueue(_queue, (int)Math.Max(0, timeout.TotalMilliseconds), records, 1);
            if (count <= 0)
            {
                return;
            }

            var more = Math.Min(recordsMax, _batch.Length) - 1;
            count += Math.Max(0, (int)Librdkafka.ConsumeBatchQueue(_queue, 0, records + 1, (nuint)more));
            // Handles of topics are good while records hold them; after a rebalance their addresses may mean another topic.
            _topicHandleCount = 0;
            var delivered = 0;
            try
            {
                for (; delivered < count; delivered++)
                {
                    Deliver(records[delivered], receiver);
                }
            }
            finally
            {
                for (var i = 0; i < count; i++)
                {
                    Librdkafka.RecordDestroy(records[i]);
                }
            }
        }
    }

    public void Dispose()
    {
        if (_queue != 0)
        {
            Librdkafka.QueueDestroy(_queue);
            _queue = 0;
        }
    }

    private void Deliver(NativeRecord* record, IRecordReceiver receiver)
    {
        var topic = record->Topic == 0 ? -1 : TopicOf(record->Topic);
        switch ((ErrorCode)record->Error)
        {
            case ErrorCode.NoError when topic >= 0:
                int kind;
                var timestampMs = Librdkafka.RecordTimestamp(record, &kind);
                receiver.OnRecord(
                    topic, record->Partition, record->Offset, kind == 0 ? -1 : timestampMs, record->KeySpan, record->PayloadSpan);
                break;
            case ErrorCode.NoError:
                break;
            case ErrorCode.Local_PartitionEOF when topic >= 0:
                receiver.OnEndOfPartition(topic, record->Partition, record->Offset);
                break;
            default:
                var reason = Marshal.PtrToStringUTF8(Librdkafka.RecordErrorText(record));
                receiver.OnError((ErrorCode)record->Error, reason ?? "no reason given");
                break;
        }
    }

    private int TopicOf(nint handle)
    {
        for (var i = 0; i < _topicHandleCount; i++)
        {
            if (_topicHandles[i] == handle)
            {
                return _topicNumbers[i];
            }
        }

        var name = Marshal.PtrToStringUTF8(Librdkafka.TopicName(handle)) ?? "";
        var number = _topics.GetValueOrDefault(name, -1);
        if (_topicHandleCount < TopicsCached)
        {
            _topicHandles[_topicHandleCount] = handle;
            _topicNumbers[_topicHandleCount++] = number;
        }

        return number;
    }
}
