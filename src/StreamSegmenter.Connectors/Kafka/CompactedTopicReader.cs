using Confluent.Kafka;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Takes one record.</summary>
/// <param name="value">Empty: the key is deleted.</param>
internal delegate void RecordTaker(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

/// <summary>Follows a small compacted topic on a thread of its own, from its start on; belongs to no group. It has one partition that counts, so
/// that all readers have its records in one order.</summary>
internal sealed class CompactedTopicReader : IDisposable
{
    public const int Partition = 0;
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(200);
    private readonly KafkaSettings _settings;
    private readonly string _topic;
    private readonly string _purpose;
    private readonly RecordTaker _take;
    private readonly Action<string> _failed;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;

    /// <param name="purpose">Names the thread, and the client at the brokers.</param>
    /// <param name="failed">Hears why it reads no further.</param>
    public CompactedTopicReader(KafkaSettings settings, string topic, string purpose, RecordTaker take, Action<string> failed)
    {
        (_settings, _topic, _purpose, _take, _failed) = (settings, topic, purpose, take, failed);
        _thread = new Thread(Run) { IsBackground = true, Name = purpose };
        _thread.Start();
    }

    /// <summary>All is taken that the topic held when it was first read to its end.</summary>
    public Task CaughtUp => _caughtUp.Task;

    public void Dispose()
    {
        _stopping.Cancel();
        _thread.Join();
        _stopping.Dispose();
    }

    private void Run()
    {
        try
        {
            Read();
        }
        catch (Exception e)
        {
            _caughtUp.TrySetException(e);
            _failed($"the topic '{_topic}' is read no further: {e.Message}");
        }
    }

    private void Read()
    {
        // Silent: the lanes report that no broker answers.
        var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig(ClientConfigs.Restorer(_settings, 0)) { ClientId = $"{_settings.ClientId}-{_purpose}" })
            .SetErrorHandler((_, _) => { })
            .SetLogHandler((_, _) => { })
            .Build();
        try
        {
            consumer.Assign(new TopicPartitionOffset(_topic, Partition, Offset.Beginning));
            while (!_stopping.IsCancellationRequested)
            {
                Read(consumer);
            }
        }
        finally
        {
            ClientDisposal.Run(consumer);
        }
    }

    private void Read(IConsumer<byte[], byte[]> consumer)
    {
        try
        {
            var result = consumer.Consume(Slice);
            if (result is { IsPartitionEOF: true })
            {
                _caughtUp.TrySetResult();
            }
            else if (result is not null)
            {
                _take(result.Message.Key, result.Message.Value);
            }
        }
        catch (ConsumeException)
        {
            // The topic may have just been made, or its leader be moving: librdkafka goes on by itself.
            _stopping.Token.WaitHandle.WaitOne(Slice);
        }
    }
}
