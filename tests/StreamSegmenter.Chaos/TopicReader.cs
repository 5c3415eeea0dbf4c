using Confluent.Kafka;

namespace StreamSegmenter.Chaos;

/// <param name="Key">Null, as in what was written without one.</param>
internal sealed record TopicRecord(int Partition, long Offset, byte[]? Key, byte[]? Value)
{
    public string Text => Value is null ? "" : System.Text.Encoding.UTF8.GetString(Value);

    public string KeyText => Key is null ? "" : System.Text.Encoding.UTF8.GetString(Key);
}

/// <summary>Reads whole topics, committed records only, and how far a group is.</summary>
internal sealed class TopicReader(string bootstrapServers, int partitions)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Every record, partition by partition in the order of offsets, up to the end that each has now. A transaction that is
    /// open there is waited for: a commit is answered before the partitions hear of it.</summary>
    /// <exception cref="TimeoutException">The broker does not answer.</exception>
    public List<TopicRecord> ReadAll(string topic)
    {
        using var consumer = Consumer("chaos-reader");
        var ends = EndsOf(topic);
        consumer.Assign(ends.Keys.Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        var records = new List<TopicRecord>();
        while (ends.Count > 0)
        {
            var result = consumer.Consume(Patience) ?? throw new TimeoutException($"topic '{topic}' cannot be read to its end");
            if (!result.IsPartitionEOF)
            {
                records.Add(new TopicRecord(result.Partition.Value, result.Offset.Value, result.Message.Key, result.Message.Value));
            }

            // Behind the last record there may be a transaction's marker, which only the partition's end passes.
            var next = result.Offset.Value + (result.IsPartitionEOF ? 0 : 1);
            if (ends.TryGetValue(result.Partition.Value, out var end) && next >= end)
            {
                ends.Remove(result.Partition.Value);
            }
        }

        return [.. records.OrderBy(record => record.Partition).ThenBy(record => record.Offset)];
    }

    /// <summary>The last records of every partition, at most so many.</summary>
    public List<TopicRecord> ReadTail(string topic, int count)
    {
        using var consumer = Consumer("chaos-reader");
        var tail = new List<TopicRecord>();
        foreach (var partition in Enumerable.Range(0, partitions).Select(partition => new TopicPartition(topic, partition)))
        {
            var ends = Ends(consumer, partition);
            consumer.Assign(new TopicPartitionOffset(partition, Math.Max(ends.Low.Value, ends.High.Value - count)));
            while (consumer.Consume(Patience) is { IsPartitionEOF: false } result)
            {
                tail.Add(new TopicRecord(partition.Partition.Value, result.Offset.Value, result.Message.Key, result.Message.Value));
            }
        }

        return tail;
    }

    /// <summary>Records that a group has still to commit in a topic: over all partitions those behind its offset but the last,
    /// which a watermark never passes.</summary>
    public long Lag(string group, string topic)
    {
        using var consumer = Consumer(group);
        var places = Enumerable.Range(0, partitions).Select(partition => new TopicPartition(topic, partition)).ToList();
        long lag = 0;
        foreach (var committed in Answer(() => consumer.Committed(places, Patience)))
        {
            var end = Ends(consumer, committed.TopicPartition).High.Value;
            lag += Math.Max(0, end - 1 - Math.Max(0, committed.Offset.Value));
        }

        return lag;
    }

    /// <summary>How far a group has committed each partition of a topic; -1 where it has not.</summary>
    public IReadOnlyList<long> Committed(string group, string topic)
    {
        using var consumer = Consumer(group);
        var places = Enumerable.Range(0, partitions).Select(partition => new TopicPartition(topic, partition)).ToList();
        return [.. Answer(() => consumer.Committed(places, Patience)).Select(committed => Math.Max(-1, committed.Offset.Value))];
    }

    /// <summary>Of everything written, decided or not; without the partitions that hold nothing.</summary>
    private Dictionary<int, long> EndsOf(string topic)
    {
        using var consumer = Consumer("chaos-reader", IsolationLevel.ReadUncommitted);
        return Enumerable.Range(0, partitions)
            .ToDictionary(partition => partition, partition => Ends(consumer, new TopicPartition(topic, partition)).High.Value)
            .Where(end => end.Value > 0).ToDictionary();
    }

    private static WatermarkOffsets Ends(IConsumer<byte[]?, byte[]?> consumer, TopicPartition place) =>
        Answer(() => consumer.QueryWatermarkOffsets(place, Patience));

    /// <summary>Asks again while a partition has no leader: whoever disturbs a cluster may stop its brokers, too.</summary>
    private static T Answer<T>(Func<T> question)
    {
        for (var until = Environment.TickCount64 + (long)Patience.TotalMilliseconds; ; Thread.Sleep(200))
        {
            try
            {
                return question();
            }
            catch (KafkaException e) when (!e.Error.IsFatal && Environment.TickCount64 < until)
            {
                // Asked again.
            }
        }
    }

    private IConsumer<byte[]?, byte[]?> Consumer(string group, IsolationLevel isolation = IsolationLevel.ReadCommitted) =>
        new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers, GroupId = group, EnablePartitionEof = true, EnableAutoCommit = false,
            IsolationLevel = isolation, FetchWaitMaxMs = 50,
        }).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
}
