using Confluent.Kafka;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Writes records to one topic from outside the engine: generated traffic. One thread. Its bounds are librdkafka's queue:
/// when that is full, sending waits.</summary>
internal sealed class TopicProducer : IDisposable
{
    private static readonly TimeSpan QueueWait = TimeSpan.FromMilliseconds(100);

    private readonly IProducer<byte[], byte[]> _producer;
    private readonly string _topic;
    private readonly Action<DeliveryReport<byte[], byte[]>> _delivered;
    private string? _fault;

    /// <param name="settings">Of which the brokers and the properties count here.</param>
    /// <exception cref="KafkaLaneException">librdkafka refuses a property.</exception>
    public TopicProducer(KafkaSettings settings, string topic)
    {
        _topic = topic;
        _delivered = Delivered;
        _producer = ClientProperties.Build(() =>
            new ProducerBuilder<byte[], byte[]>(ClientConfigs.Producer(settings with { Delivery = DeliveryMode.AtLeastOnce }, 0))
                .SetErrorHandler((_, _) => { })
                .SetLogHandler((_, _) => { })
                .Build());
    }

    /// <summary>Takes one record over; returns before it is written.</summary>
    /// <exception cref="KafkaLaneException">An earlier record could not be written.</exception>
    public void Send(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, CancellationToken cancellation) =>
        Send(Partition.Any, key, value, cancellation);

    /// <summary>The same, into that partition. An empty value deletes the key, where the topic is compacted.</summary>
    public void Send(int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, CancellationToken cancellation)
    {
        ThrowIfFailed();
        var message = new Message<byte[], byte[]> { Key = key.ToArray(), Value = value.IsEmpty ? null! : value.ToArray() };
        while (true)
        {
            try
            {
                _producer.Produce(new TopicPartition(_topic, partition), message, _delivered);
                return;
            }
            catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                cancellation.ThrowIfCancellationRequested();
                _producer.Poll(QueueWait);
                ThrowIfFailed();
            }
        }
    }

    /// <summary>Serves what came back from the brokers, without waiting.</summary>
    public void Poll() => _producer.Poll(TimeSpan.Zero);

    /// <summary>Waits until all is written.</summary>
    /// <exception cref="KafkaLaneException">Some of it could not be, or not in time.</exception>
    public void Flush(TimeSpan timeout)
    {
        var left = _producer.Flush(timeout);
        ThrowIfFailed();
        if (left > 0)
        {
            throw new KafkaLaneException($"{left} records for topic '{_topic}' were not written within {timeout.TotalSeconds:N0} s.");
        }
    }

    public void Dispose() => _producer.Dispose();

    private void Delivered(DeliveryReport<byte[], byte[]> report)
    {
        if (report.Error.IsError)
        {
            _fault ??= $"Topic '{_topic}' cannot be written: {ErrorText.Of(report.Error)}.";
        }
    }

    private void ThrowIfFailed()
    {
        if (_fault is { } fault)
        {
            throw new KafkaLaneException(fault);
        }
    }
}
