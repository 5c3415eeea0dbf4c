using Confluent.Kafka;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Receives a record of a topic that is followed; the value is valid during the call only.</summary>
/// <param name="place">Number of the record's partition among those of all topics.</param>
internal delegate void TailRecord(int topic, int place, long offset, ReadOnlySpan<byte> value);

/// <summary>Follows topics from near their ends on, committed records only, outside any group: it commits and writes nothing, so it disturbs no
/// running engine. One thread only.</summary>
internal sealed class TopicTail : IRecordReceiver, IDisposable
{
    private const int RecordsPerRead = 1_000;
    private static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<string> _topics;
    private readonly KafkaSettings _settings;
    private readonly HashSet<int> _behind = [];
    private readonly Dictionary<(int Topic, int Partition), int> _places = [];
    private readonly SingleRecordReader _reader;
    private readonly IConsumer<CapturedBytes, CapturedBytes> _consumer;
    private TailRecord _receive = (_, _, _, _) => { };

    public TopicTail(KafkaSettings settings, IReadOnlyList<string> topics)
    {
        _settings = settings;
        _topics = topics;
        var config = ClientConfigs.Restorer(settings, lane: 0);
        config.ClientId = settings.ClientId + "-tail";
        config.QueuedMaxMessagesKbytes = 4_096;
        _consumer = new ConsumerBuilder<CapturedBytes, CapturedBytes>(config)
            .SetKeyDeserializer(new CapturedBytes())
            .SetValueDeserializer(new CapturedBytes())
            .SetErrorHandler((_, _) => { })
            .SetLogHandler((_, _) => { })
            .Build();
        _reader = new SingleRecordReader(_consumer, topics);
    }

    /// <summary>Everything that was there when it began has been read.</summary>
    public bool IsCaughtUp => _behind.Count == 0;

    /// <summary>Begins so many records before the end of each topic, spread over its partitions.</summary>
    /// <returns>Of each place its first offset.</returns>
    /// <exception cref="KafkaLaneException">No broker answers.</exception>
    public long[] Begin(IReadOnlyList<int> lastRecords)
    {
        try
        {
            var start = new List<TopicPartitionOffset>();
            for (var topic = 0; topic < _topics.Count; topic++)
            {
                var partitions = PartitionsOf(_topics[topic]);
                var each = Math.Max(1, lastRecords[topic] / Math.Max(1, partitions.Count));
                foreach (var partition in partitions)
                {
                    var ends = _consumer.QueryWatermarkOffsets(partition, BrokerTimeout);
                    start.Add(new TopicPartitionOffset(partition, Math.Max(ends.Low.Value, ends.High.Value - each)));
                    _behind.Add(_places.Count);
                    _places.Add((topic, partition.Partition.Value), _places.Count);
                }
            }

            _consumer.Assign(start);
            return [.. start.Select(place => place.Offset.Value)];
        }
        catch (KafkaException e)
        {
            throw new KafkaLaneException($"kafka: the output topics cannot be followed: {e.Error.Reason}.", e);
        }
    }

    /// <summary>Gives what is there, waiting a moment for the first record.</summary>
    public void Read(TimeSpan timeout, TailRecord receive)
    {
        _receive = receive;
        _reader.Read(timeout, RecordsPerRead, this);
    }

    public void Dispose() => ClientDisposal.Run(_consumer);

    void IRecordReceiver.OnRecord(int topic, int partition, long offset, long timestampMs, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            _receive(topic, _places[(topic, partition)], offset, value);
        }
    }

    void IRecordReceiver.OnEndOfPartition(int topic, int partition, long offset) => _behind.Remove(_places[(topic, partition)]);

    // The client goes on by itself.
    void IRecordReceiver.OnError(ErrorCode code, string reason)
    {
    }

    private List<TopicPartition> PartitionsOf(string topic)
    {
        using var admin = new AdminClientBuilder(ClientConfigs.Admin(_settings)).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        // All topics at once: to ask for one by name would create it on a broker that creates topics by itself.
        return [.. admin.GetMetadata(BrokerTimeout).Topics.Where(known => known.Topic == topic && !known.Error.IsError)
            .SelectMany(known => known.Partitions).Select(partition => new TopicPartition(topic, partition.PartitionId))];
    }
}
