using Confluent.Kafka;
using Confluent.Kafka.Admin;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Reads partitions of a topic, most often the changelog, to the end that they have at that moment, committed records
/// only. Of the changelog, only complete commits count, also without transactions: the shard's own line ends one. So it first
/// looks, from the end backwards, where the last such line is. Its consumer belongs to no group. One thread only.
/// <para>The end is that of everything written, open transactions included, and reading waits until they are decided. A commit
/// that a predecessor was told has succeeded may still be open here for a moment: the coordinator answers before the
/// partitions hear of it. To read what is decided already would be to miss it, and to do its work twice.</para></summary>
/// <param name="open">Ends transactions that nobody decides; null: it waits until the brokers do.</param>
internal sealed class ChangelogReader(
    KafkaSettings settings, string topic, int lane, ConnectionStatus status, WaitWatch? watch, OpenTransactions? open, Action<ClientLog>? log)
    : IRecordReceiver, IDisposable
{
    private const int DamagedReadsMax = 3;

    /// <summary>Brokers that go down or come up may not know a topic for a moment: only what stays missing, for 5 s, is missing.</summary>
    private const int MissingAnswersMax = 25;
    private const int RecordsPerRead = 5_000;
    private const long FirstWindow = 128;
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(2);

    private IConsumer<CapturedBytes, CapturedBytes>? _consumer;
    private IRecordReader? _reader;
    private IAdminClient? _admin;
    private IRestoreTarget? _target;
    private bool _seemsMissing;
    private int _damagedReads;
    private long _position;
    private long _lastCommitEnd;

    private bool IsChangelog => topic == settings.Outputs.Changelog;

    /// <summary>The last restore came upon a complete commit.</summary>
    public bool FoundCommit { get; private set; }

    /// <summary>Waits for brokers as long as it takes.</summary>
    /// <param name="from">0: from the partition's start, wherever that is.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ChangelogLostException"><paramref name="from"/> is not between the partition's start and end.</exception>
    /// <exception cref="KafkaLaneException">There is no such partition.</exception>
    /// <exception cref="WedgedClientException">They answer others.</exception>
    public void ThrowIfLost(int partition, long from, CancellationToken cancellation)
    {
        var ends = EndOf(Open().Consumer, new TopicPartition(topic, partition), cancellation);
        if (from > 0)
        {
            ChangelogGap.ThrowIfOutside(topic, partition, from, ends);
        }
    }

    /// <summary>Waits for brokers as long as it takes.</summary>
    /// <param name="from">0: from the partition's start, wherever that is.</param>
    /// <returns>The offset behind the last complete commit; <paramref name="from"/> when there is none behind it.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="KafkaLaneException">There is no such partition, or its records are damaged.</exception>
    /// <exception cref="WedgedClientException">They answer others.</exception>
    public long Restore(int partition, long from, IRestoreTarget target, CancellationToken cancellation)
    {
        var place = new TopicPartition(topic, partition);
        var (consumer, _) = Open();
        var ends = EndOf(consumer, place, cancellation);
        var start = Math.Max(from, ends.Low.Value);
        _lastCommitEnd = start;
        for (var window = FirstWindow; IsChangelog && _lastCommitEnd == start && start < ends.High.Value; window *= 8)
        {
            var first = Math.Max(start, ends.High.Value - window);
            ReadTo(ends.High.Value, new TopicPartitionOffset(place, first), cancellation);
            if (first == start)
            {
                break;
            }
        }

        _target = target;
        try
        {
            ReadTo(ends.High.Value, new TopicPartitionOffset(place, start), cancellation);
        }
        finally
        {
            _target = null;
        }

        FoundCommit = _lastCommitEnd > start;
        return IsChangelog ? _lastCommitEnd : ends.High.Value;
    }

    public void Dispose()
    {
        _reader?.Dispose();
        // The client's own Dispose may be called but once.
        _admin?.Dispose();
        _admin = null;
        ClientDisposal.Run(_consumer);
        _consumer = null;
    }

    void IRecordReceiver.OnRecord(
        int topic, int partition, long offset, long timestampMs, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        _position = offset + 1;
        _damagedReads = 0;
        if (IsChangelog && key.SequenceEqual(StateKey.BarrierKey))
        {
            return;
        }

        if (_target is null)
        {
            _lastCommitEnd = key.SequenceEqual(StateKey.ShardKey) ? offset + 1 : _lastCommitEnd;
        }
        else if (offset < _lastCommitEnd || !IsChangelog)
        {
            _target.Apply(key, value);
        }
        else
        {
            _target.Unfinished(key);
        }
    }

    void IRecordReceiver.OnEndOfPartition(int topic, int partition, long offset) => _position = Math.Max(_position, offset);

    void IRecordReceiver.OnError(ErrorCode code, string reason)
    {
        if (code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition)
        {
            _seemsMissing = true;
        }

        _damagedReads += code is ErrorCode.Local_BadMsg or ErrorCode.Local_BadCompression ? 1 : 0;
        status.Report(new Error(code, reason));
    }

    private void ReadTo(long end, TopicPartitionOffset start, CancellationToken cancellation)
    {
        var (consumer, reader) = Open();
        _position = start.Offset.Value;
        _damagedReads = 0;
        consumer.Assign(start);
        open?.Begin();
        try
        {
            // Behind the last record there may be transaction markers only: the end-of-partition event passes them.
            while (_position < end)
            {
                cancellation.ThrowIfCancellationRequested();
                var before = _position;
                reader.Read(Slice, RecordsPerRead, this);
                if (_seemsMissing)
                {
                    // Asks until the partition is there, or has been missing for long enough.
                    EndOf(consumer, start.TopicPartition, cancellation);
                }

                ThrowIfDamaged(start.Partition.Value);
                if (_position > before)
                {
                    status.Heard();
                    watch?.Begin();
                    open?.Begin();
                }
                else
                {
                    watch?.ThrowIfLeaderAnswersOthers(start.TopicPartition, _position);
                    EndOpenTransaction(start.TopicPartition, end, cancellation);
                }

                _target?.Progress(Math.Max(0, end - _position));
            }
        }
        finally
        {
            consumer.Unassign();
        }
    }

    private (IConsumer<CapturedBytes, CapturedBytes> Consumer, IRecordReader Reader) Open()
    {
        if (_consumer is null)
        {
            _consumer = new ConsumerBuilder<CapturedBytes, CapturedBytes>(ClientConfigs.Restorer(settings, lane))
                .SetKeyDeserializer(new CapturedBytes())
                .SetValueDeserializer(new CapturedBytes())
                .SetErrorHandler((_, error) => status.Report(error))
                .SetStatisticsHandler((_, json) => watch?.ReadStatistics(json))
                .SetLogHandler((_, line) => log?.Invoke(new ClientLog((int)line.Level, line.Name, line.Facility, line.Message)))
                .Build();
            _admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
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
        watch?.Begin();
        var missingAnswers = 0;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            watch?.ThrowIfLeaderAnswersOthers(place, position: -1);
            try
            {
                var low = consumer.QueryWatermarkOffsets(place, QueryTimeout).Low;
                if (EndOf(place, IsolationLevel.ReadUncommitted) is { } high)
                {
                    watch?.Begin();
                    _seemsMissing = false;
                    return new WatermarkOffsets(low, high);
                }
            }
            catch (KafkaException e) when (
                e.Error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition)
            {
                if (++missingAnswers >= MissingAnswersMax)
                {
                    throw Missing(ErrorText.Of(e.Error));
                }

                cancellation.WaitHandle.WaitOne(Slice);
            }
            catch (KafkaException e) when (!e.Error.IsFatal)
            {
                // Brokers are away or a leader is being elected: without the truth there is no start, so wait.
                missingAnswers = 0;
                cancellation.WaitHandle.WaitOne(Slice);
            }
        }
    }

    private void EndOpenTransaction(TopicPartition place, long end, CancellationToken cancellation)
    {
        if (open is { IsDue: true } && EndOf(place, IsolationLevel.ReadCommitted) is { } stable && stable < end)
        {
            open.End(place, stable, cancellation);
        }
    }

    /// <summary>The offset behind the last record, or behind the last one that is decided; null when there is no answer.</summary>
    private Offset? EndOf(TopicPartition place, IsolationLevel isolation)
    {
        var question = new TopicPartitionOffsetSpec { TopicPartition = place, OffsetSpec = OffsetSpec.Latest() };
        var answer = _admin!.ListOffsetsAsync([question], new ListOffsetsOptions
        {
            RequestTimeout = QueryTimeout, IsolationLevel = isolation,
        }).GetAwaiter().GetResult().ResultInfos[0].TopicPartitionOffsetError;
        return answer.Error.IsError || answer.Offset.Value < 0 ? null : answer.Offset;
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

    private KafkaLaneException Missing(string reason) => new(!IsChangelog
        ? $"Topic '{topic}' cannot be read: {reason}."
        : $"Changelog topic '{topic}' cannot be read: {reason}. Create it compacted, with as many "
        + "partitions as the inputs have, or set kafka.createTopics to true.");
}
