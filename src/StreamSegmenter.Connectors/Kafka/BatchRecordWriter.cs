using System.Runtime.InteropServices;
using Confluent.Kafka;
using StreamSegmenter.Connectors.Kafka.Native;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Hands records straight to librdkafka behind a Confluent.Kafka producer, and takes its delivery reports a batch at a
/// time: no object per record. The producer must not poll in the background, and nobody may call its <c>Poll</c> or
/// <c>Flush</c> while records are outstanding: their reports would be lost. Dispose it before the producer.</summary>
internal sealed unsafe class BatchRecordWriter : IDisposable
{
    private const int CopyRecord = 2;
    private const int ReportsMax = 512;
    private readonly Dictionary<string, nint> _topics = new(StringComparer.Ordinal);
    private readonly nint[] _reports = new nint[ReportsMax];
    private readonly Dictionary<int, long> _delivered = [];
    /// <summary>RD_KAFKA_EVENT_STATS.</summary>
    private const int StatisticsEvent = 0x40;

    private readonly nint _client;
    private readonly nint _queue;
    private readonly nint _watched;

    /// <param name="watched">The topic of which <see cref="Delivered"/> tells.</param>
    /// <exception cref="KafkaLaneException">Confluent.Kafka, in another version, does not let its handle be found.</exception>
    public BatchRecordWriter(IClient producer, string watched)
    {
        _client = NativeHandle.Of(producer);
        _queue = Librdkafka.QueueGetMain(_client);
        _watched = TopicOf(watched);
    }

    /// <summary>Hears the client's statistics while reports are taken.</summary>
    public Action<string>? Statistics { get; init; }

    /// <summary>Records sent whose report has not come yet.</summary>
    public int Outstanding { get; private set; }

    /// <summary>Of one topic: per partition the offset behind the last record that was delivered since this was cleared.</summary>
    public Dictionary<int, long> Delivered => _delivered;

    /// <summary>Why the client can never write again, most often that another one took its name over; null when it can. Its
    /// delivery reports do not tell: of a client that was taken over they say "purged".</summary>
    public Error? Fatal => NativeHandle.FatalError(_client);

    /// <summary>Queues one record, copying it; an empty key or value is written as null.</summary>
    /// <param name="partition">-1: by the key's hash.</param>
    /// <returns>Why it is not queued, <see cref="ErrorCode.NoError"/> when it is.</returns>
    public ErrorCode Send(string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        fixed (byte* keyBytes = key)
        fixed (byte* valueBytes = value)
        {
            var refused = Librdkafka.Produce(
                TopicOf(topic), partition, CopyRecord, valueBytes, (nuint)value.Length, keyBytes, (nuint)key.Length, 0);
            if (refused != 0)
            {
                return (ErrorCode)Librdkafka.LastError();
            }
        }

        Outstanding++;
        return ErrorCode.NoError;
    }

    /// <summary>Waits for delivery reports and takes those that are there.</summary>
    /// <param name="onRefused">Gets topic and reason of every record that was not delivered.</param>
    public void TakeReports(TimeSpan timeout, Action<string, Error> onRefused)
    {
        var waitMs = (int)timeout.TotalMilliseconds;
        nint happening;
        while ((happening = Librdkafka.QueuePoll(_queue, waitMs)) != 0)
        {
            waitMs = 0;
            Take(happening, onRefused);
            Librdkafka.EventDestroy(happening);
        }
    }

    public void Dispose()
    {
        foreach (var topic in _topics.Values)
        {
            Librdkafka.TopicDestroy(topic);
        }

        Librdkafka.QueueDestroy(_queue);
    }

    private void Take(nint happening, Action<string, Error> onRefused)
    {
        if (Librdkafka.EventType(happening) == StatisticsEvent)
        {
            Statistics?.Invoke(Marshal.PtrToStringUTF8((nint)Librdkafka.EventStatistics(happening)) ?? "{}");
            return;
        }

        fixed (nint* slots = _reports)
        {
            var records = (NativeRecord**)slots;
            int count;
            while ((count = (int)Librdkafka.EventRecords(happening, records, ReportsMax)) > 0)
            {
                Outstanding -= count;
                for (var i = 0; i < count; i++)
                {
                    if (records[i]->Error != 0)
                    {
                        var topic = Marshal.PtrToStringUTF8(Librdkafka.TopicName(records[i]->Topic)) ?? "";
                        onRefused(topic, new Error((ErrorCode)records[i]->Error));
                    }
                    else if (records[i]->Topic == _watched)
                    {
                        _delivered[records[i]->Partition] = records[i]->Offset + 1;
                    }
                }
            }
        }
    }

    private nint TopicOf(string name)
    {
        if (!_topics.TryGetValue(name, out var topic))
        {
            topic = Librdkafka.TopicNew(_client, name, 0);
            _topics.Add(name, topic);
        }

        return topic;
    }
}
