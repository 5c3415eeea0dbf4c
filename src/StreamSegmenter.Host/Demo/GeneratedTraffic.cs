using StreamSegmenter.Connectors.Generator;
using StreamSegmenter.Connectors.Kafka;

namespace StreamSegmenter.Host.Demo;

/// <summary>Sends generated events to a topic, each when the clock reaches the time of its delivery.</summary>
internal sealed class GeneratedTraffic(GeneratorOptions options, TopicProducer producer, TimeProvider clock)
{
    private const int EventsPerCheck = 4096;
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    private long _sent;

    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Writes so many events to a stream, a line each, as fast as it goes.</summary>
    public static void Write(
        GeneratorOptions options, long count, bool csv, Stream stream, Action<long> progress, CancellationToken cancellation)
    {
        var generator = new StorefrontGenerator(options);
        var generated = default(GeneratedEvent);
        var line = new byte[GeneratedEventWriter.BytesMax + 1];
        if (csv)
        {
            stream.Write(GeneratedEventWriter.CsvHeader);
            stream.WriteByte((byte)'\n');
        }

        for (long i = 0; i < count; i++)
        {
            generator.Next(ref generated);
            var length = csv ? GeneratedEventWriter.WriteCsv(in generated, line) : GeneratedEventWriter.WriteJson(in generated, line);
            line[length] = (byte)'\n';
            stream.Write(line, 0, length + 1);
            if (i % EventsPerCheck == 0)
            {
                progress(i);
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Sends until the count is reached or it is cancelled, which is no error.</summary>
    /// <exception cref="KafkaLaneException">The topic cannot be written.</exception>
    public async Task SendAsync(long? count, CancellationToken stopping)
    {
        var generator = new StorefrontGenerator(options);
        var next = default(GeneratedEvent);
        generator.Next(ref next);
        while (!stopping.IsCancellationRequested && (count is null || Sent < count))
        {
            var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
            for (var i = 0; next.DeliveredAtMs <= nowMs && i < EventsPerCheck && (count is null || Sent < count); i++)
            {
                Send(in next, stopping);
                generator.Next(ref next);
            }

            producer.Poll();
            if (next.DeliveredAtMs > nowMs)
            {
                await Task.Delay(Tick, clock, CancellationToken.None);
            }
        }

        producer.Flush(FlushTimeout);
    }

    private void Send(in GeneratedEvent e, CancellationToken stopping)
    {
        Span<byte> key = stackalloc byte[GeneratedEventWriter.BytesMax];
        Span<byte> value = stackalloc byte[GeneratedEventWriter.BytesMax];
        producer.Send(
            key[..GeneratedEventWriter.WriteKey(in e, key)], value[..GeneratedEventWriter.WriteJson(in e, value)], stopping);
        Volatile.Write(ref _sent, _sent + 1);
    }
}
