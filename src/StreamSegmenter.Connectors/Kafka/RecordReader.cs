using Confluent.Kafka;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Receives what a reader reads, in the order of each partition. Topics are numbered as the reader was told.</summary>
internal interface IRecordReceiver
{
    /// <param name="timestampMs">The record's own, -1 when it has none.</param>
    /// <param name="key">Valid during the call only; empty when the record has none.</param>
    /// <param name="value">Valid during the call only; empty for a tombstone.</param>
    void OnRecord(int topic, int partition, long offset, long timestampMs, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

    /// <summary>Everything before <paramref name="offset"/> was read, transaction markers included.</summary>
    void OnEndOfPartition(int topic, int partition, long offset);

    /// <summary>Trouble with one partition or all of them; reading goes on by itself where it can.</summary>
    void OnError(ErrorCode code, string reason);
}

/// <summary>Takes records from a consumer. Rebalances are served from inside <see cref="Read"/>.</summary>
internal interface IRecordReader : IDisposable
{
    /// <summary>Waits at most <paramref name="timeout"/> for the first record, then takes those that are there.</summary>
    void Read(TimeSpan timeout, int recordsMax, IRecordReceiver receiver);
}

/// <summary>The bytes of the record that <see cref="IConsumer{TKey,TValue}.Consume(TimeSpan)"/> read last: they are captured when
/// the client shows them, because their place (partition, offset, timestamp) is known only when it returns.</summary>
internal sealed class CapturedBytes : IDeserializer<CapturedBytes>
{
    private byte[] _bytes = new byte[4096];
    private int _length;

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _length);

    public CapturedBytes Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context)
    {
        if (_bytes.Length < data.Length)
        {
            _bytes = new byte[Math.Max(_bytes.Length * 2, data.Length)];
        }

        data.CopyTo(_bytes);
        _length = data.Length;
        return this;
    }
}

/// <summary>The plain way: one <c>Consume</c> per record.</summary>
internal sealed class SingleRecordReader(IConsumer<CapturedBytes, CapturedBytes> consumer, IReadOnlyList<string> topics)
    : IRecordReader
{
    private readonly Dictionary<string, int> _topics = TopicNumbers.Of(topics);

    public void Read(TimeSpan timeout, int recordsMax, IRecordReceiver receiver)
    {
        for (var count = 0; count < recordsMax; count++)
        {
            ConsumeResult<CapturedBytes, CapturedBytes>? result;
            try
            {
                result = consumer.Consume(count == 0 ? timeout : TimeSpan.Zero);
            }
            catch (ConsumeException e)
            {
                receiver.OnError(e.Error.Code, e.Error.Reason);
                continue;
            }

            if (result is null)
            {
                return;
            }

            if (!_topics.TryGetValue(result.Topic, out var topic))
            {
                continue;
            }

            if (result.IsPartitionEOF)
            {
                receiver.OnEndOfPartition(topic, result.Partition.Value, result.Offset.Value);
                continue;
            }

            var message = result.Message;
            receiver.OnRecord(
                topic, result.Partition.Value, result.Offset.Value,
                message.Timestamp.Type == TimestampType.NotAvailable ? -1 : message.Timestamp.UnixTimestampMs,
                message.Key.Span, message.Value.Span);
        }
    }

    public void Dispose()
    {
    }
}

internal static class TopicNumbers
{
    public static Dictionary<string, int> Of(IReadOnlyList<string> topics)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < topics.Count; i++)
        {
            numbers.Add(topics[i], i);
        }

        return numbers;
    }
}
