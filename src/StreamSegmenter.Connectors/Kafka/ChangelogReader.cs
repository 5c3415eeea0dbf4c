using Confluent.Kafka;
using StreamSegmenter.Engine.Lanes;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>How far the restore of a shard is.</summary>
/// <param name="Records">Read so far.</param>
/// <param name="Remaining">Offsets still to go; compacted ones count, so it may fall faster than records are read.</param>
public readonly record struct RestoreProgress(int Partition, long Records, long Remaining);

/// <summary>Reads partitions of a topic, most often the changelog, from the start to the end that they have at that moment,
/// committed records only. Its consumer belongs to no group. One thread only.</summary>
internal sealed class ChangelogReader(
    KafkaSettings settings, string topic, int lane, ConnectionStatus status, Action<RestoreProgress>? progress, Action<ClientLog>? log)
    : IRecordReceiver, IDisposable
{
    private const int DamagedReadsMax = 3;
    private const int RecordsPerRead = 5_000;
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(2);

    private IConsumer<CapturedBytes, CapturedBytes>? _consumer;
    private IRecordReader? _reader;
    private IRestoreTarget? _target;
    private string? _missing;
    private int _damagedReads;
    private long _position;
    private long _records;

    private bool IsChangelog => topic == settings.Outputs.Changelog;

    /// <summary>Waits for brokers as long as it takes.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="KafkaLaneException">There is no such partition, or its records are damaged.</exception>
    public void Restore(int partition, IRestoreTarget target, CancellationToken cancellation)
    {
        var place = new TopicPartition(topic, partition);
        var (consumer, reader) = Open();
        var end = EndOf(consumer, place, cancellation);
        _target = target;
        _position = end.Low.Value;
        _records = 0;
        _damagedReads = 0;
        consumer.Assign(new TopicPartitionOffset(place, end.Low));
        try
        {
            // Behind the last record there may be transaction markers only: the end-of-partition event passes them.
            while (_position < end.High.Value)
            {
                cancellation.ThrowIfCancellationRequested();
                reader.Read(Slice, RecordsPerRead, this);
                ThrowIfMissing();
                ThrowIfDamaged(partition);
                progress?.Invoke(new RestoreProgress(partition, _records, Math.Max(0, end.High.Value - _position)));
            }
        }
        finally
        {
            _target = null;
            consumer.Unassign();
        }
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _consumer?.Dispose();
    }

    void IRecordReceiver.OnRecord(
        int topic, int partition, long offset, long timestampMs, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        _target?.Apply(key, value);
        _position = offset + 1;
        _records++;
        _damagedReads = 0;
    }

    void IRecordReceiver.OnEndOfPartition(int topic, int partition, long offset) => _position = Math.Max(_position, offset);

    void IRecordReceiver.OnError(ErrorCode code, string reason)
    {
        if (code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition)
        {
            _missing = reason;
        }

        _damagedReads += code is ErrorCode.Local_BadMsg or ErrorCode.Local_BadCompression ? 1 : 0;
        status.Report(new Error(code, reason));
    }

    private (IConsumer<CapturedBytes, CapturedBytes> Consumer, IRecordReader Reader) Open()
    {
        if (_consumer is null)
        {
            _consumer = new ConsumerBuilder<CapturedBytes, CapturedBytes>(ClientConfigs.Restorer(settings, lane))
                .SetKeyDeserializer(new CapturedBytes())
                .SetValueDeserializer(new CapturedBytes())
                .SetErrorHandler((_, error) => status.Report(error))
                .SetLogHandler((_, line) => log?.Invoke(new ClientLog((int)line.Level, line.Name, line.Facility, line.Message)))
                .Build();
            string[] topics = [topic];
            IRecordReader? batched = settings.BatchedReads
                ? BatchRecordReader.TryCreate(_consumer, topics, RecordsPerRead)
                : null;
            _reader = batched ?? new SingleRecordReader(_consumer, topics);
        }

        return (_consumer, _reader!);
    }

    private WatermarkOffsets EndOf(
        IConsumer<CapturedBytes, CapturedBytes> consumer, TopicPartition place, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return consumer.QueryWatermarkOffsets(place, QueryTimeout);
            }
            catch (KafkaException e) when (
                e.Error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition)
            {
                _missing = e.Error.Reason;
                ThrowIfMissing();
            }
            catch (KafkaException e) when (!e.Error.IsFatal)
            {
                // Brokers are away or a leader is being elected: without the truth there is no start, so wait.
                cancellation.WaitHandle.WaitOne(Slice);
            }
        }
    }

    /// <summary>The same records fail again and again: state without them would be wrong, and there is no other.</summary>
    private void ThrowIfDamaged(int partition)
    {
        if (_damagedReads >= DamagedReadsMax)
        {
            throw new KafkaLaneException(
                $"Partition {partition} of {(IsChangelog ? "changelog topic" : "topic")} '{topic}' is damaged at offset {_position}: "
                + $"{status.LastError}. Restore the topic from a replica or a backup; to rebuild the state from the inputs "
                + "instead, name a new changelog topic and a new group.");
        }
    }

    private void ThrowIfMissing()
    {
        if (_missing is { } reason)
        {
            throw new KafkaLaneException(!IsChangelog
                ? $"Topic '{topic}' cannot be read: {reason}."
                : $"Changelog topic '{topic}' cannot be read: {reason}. Create it compacted, with as many "
                + "partitions as the inputs have, or set 'createTopics: true'.");
        }
    }
}
