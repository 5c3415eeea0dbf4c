using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using StreamSegmenter.Connectors.Generator;
using StreamSegmenter.Events;

namespace StreamSegmenter.Chaos;

/// <summary>Writes a storefront's events into a topic at a steady pace, and the same lines into a file, for the replay. Out of order
/// within bounds, some twice, some unreadable.
/// <para>Event times begin an hour ahead of the clock. The clock moves an idle partition's watermark, but never past them; so
/// results depend on the events alone, however long an engine or its broker was away.</para></summary>
internal sealed class KnownInput : IDisposable
{
    public const int DisorderMs = 400;

    /// <summary>What the engines expect at most.</summary>
    public const int OutOfOrdernessMs = DisorderMs + 600;
    private const long AheadMs = 3_600_000;
    private const long SilenceBeforeClosingMs = 600_000;
    private const int UnreadableEvery = 997;
    private const string ClosingCustomer = "closing-";
    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    private readonly ChaosPlan _plan;
    private readonly string _topic;
    private readonly FileStream _file;
    private readonly IProducer<byte[]?, byte[]> _producer;
    private readonly StorefrontGenerator _generator;
    private readonly Stopwatch _pace = new();
    private readonly Thread _thread;
    private readonly long _startMs;
    private readonly Lock _gate = new();
    private readonly Action<DeliveryReport<byte[]?, byte[]>> _delivered;
    private Exception? _failure;
    private volatile bool _ending;
    private long _eventTimeMaxMs;
    private long _sent;

    public KnownInput(ChaosPlan plan, string bootstrapServers, string topic, string path)
    {
        _plan = plan;
        _topic = topic;
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16);
        _startMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + AheadMs;
        _generator = new StorefrontGenerator(new GeneratorOptions
        {
            Seed = (ulong)plan.Seed, EventsPerSecond = plan.EventsPerSecond, OpenSessions = Math.Max(1, plan.EventsPerSecond / 3),
            Customers = plan.EventsPerSecond * 5, Products = 200, DisorderMs = DisorderMs, DuplicateShare = 0.01, StartMs = _startMs,
        });
        _producer = new ProducerBuilder<byte[]?, byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrapServers, EnableIdempotence = true, LingerMs = 20, CompressionType = CompressionType.Lz4,
            // Brokers that are away belong to what is tested: the events wait for them.
            MessageTimeoutMs = 0,
        }).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        // What the topic does not hold, no engine can count.
        _delivered = report => _failure ??= report.Error.IsError ? new KafkaException(report.Error) : null;
        _thread = new Thread(Send) { IsBackground = true, Name = "input" };
        _pace.Start();
        _thread.Start();
    }

    /// <summary>Records so far, the unreadable ones included.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Event time as far as it has come.</summary>
    public long EventTimeMs => Volatile.Read(ref _eventTimeMaxMs);

    /// <summary>Event time of the closing events; results from a little before on are none of the test's.</summary>
    public long ClosingMs { get; private set; }

    public static bool IsClosing(string line) => line.Contains(ClosingCustomer, StringComparison.Ordinal);

    /// <summary>Falls silent, event time included.</summary>
    public void Pause()
    {
        lock (_gate)
        {
            _pace.Stop();
        }
    }

    public void Resume()
    {
        lock (_gate)
        {
            _pace.Start();
        }
    }

    /// <summary>Ends with an event in each partition which is late enough that every deadline before it has passed.</summary>
    public void Finish()
    {
        _ending = true;
        _thread.Join();
        ClosingMs = _eventTimeMaxMs + SilenceBeforeClosingMs;
        var missing = new HashSet<int>(Enumerable.Range(0, _plan.Partitions));
        for (var i = 0; missing.Count > 0; i++)
        {
            var customer = ClosingCustomer + i;
            var partition = PartitionOf(Encoding.UTF8.GetBytes(customer));
            if (missing.Remove(partition))
            {
                Write(partition, Encoding.UTF8.GetBytes(customer), Encoding.UTF8.GetBytes(
                    $$"""{"event_id":"{{customer}}","event_type":"page_viewed","event_time":{{ClosingMs}},"customer_id":"{{customer}}"}"""));
            }
        }

        var left = _producer.Flush(TimeSpan.FromMinutes(2));
        _file.Flush();
        if (_failure is not null || left > 0)
        {
            throw new InvalidOperationException($"The input could not be written, {left} records are left.", _failure);
        }
    }

    public void Dispose()
    {
        _ending = true;
        _thread.Join();
        _producer.Dispose();
        _file.Dispose();
    }

    private int PartitionOf(ReadOnlySpan<byte> key) => (int)(KeyHash.Of(key) % (ulong)_plan.Partitions);

    private void Send()
    {
        try
        {
            var next = default(GeneratedEvent);
            _generator.Next(ref next);
            while (!_ending)
            {
                long untilMs;
                lock (_gate)
                {
                    untilMs = _startMs + _pace.ElapsedMilliseconds;
                }

                while (next.DeliveredAtMs <= untilMs && !_ending)
                {
                    Send(in next);
                    _generator.Next(ref next);
                }

                _producer.Poll(TimeSpan.Zero);
                Thread.Sleep(10);
            }
        }
        catch (Exception e)
        {
            _failure = e;
        }
    }

    private void Send(in GeneratedEvent e)
    {
        Span<byte> key = stackalloc byte[GeneratedEventWriter.BytesMax];
        Span<byte> value = stackalloc byte[GeneratedEventWriter.BytesMax];
        key = key[..GeneratedEventWriter.WriteKey(in e, key)];
        value = value[..GeneratedEventWriter.WriteJson(in e, value)];
        _eventTimeMaxMs = Math.Max(_eventTimeMaxMs, e.EventTimeMs);
        Write(PartitionOf(key), key.ToArray(), value.ToArray());
        if (_sent % UnreadableEvery == 0)
        {
            Write((int)(_sent % _plan.Partitions), null, Encoding.UTF8.GetBytes($"unreadable {_sent}"));
        }
    }

    private void Write(int partition, byte[]? key, byte[] value)
    {
        _file.Write(value);
        _file.Write(LineEnd);
        var message = new Message<byte[]?, byte[]> { Key = key, Value = value };
        while (true)
        {
            try
            {
                _producer.Produce(new TopicPartition(_topic, partition), message, _delivered);
                break;
            }
            catch (ProduceException<byte[]?, byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                _producer.Poll(TimeSpan.FromMilliseconds(50));
            }
        }

        Volatile.Write(ref _sent, _sent + 1);
    }
}
