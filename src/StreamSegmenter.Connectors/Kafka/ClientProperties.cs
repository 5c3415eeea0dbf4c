using System.Runtime.InteropServices;
using Confluent.Kafka;
using StreamSegmenter.Connectors.Kafka.Native;
using StreamSegmenter.Definitions;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Which of librdkafka's properties a user may set, and to what.</summary>
internal static unsafe class ClientProperties
{
    private const string OwnedByDelivery = "it is what kafka.delivery rests on";
    private const string OwnedByRange = "only the range assignor keeps partition p of every input together";

    // Each with what to do instead, in the configuration's words.
    private static readonly Dictionary<string, string> Reserved = new(StringComparer.Ordinal)
    {
        ["bootstrap.servers"] = "set kafka.brokers",
        ["metadata.broker.list"] = "set kafka.brokers",
        ["client.id"] = "the engine names its clients itself",
        ["group.id"] = "set kafka.group",
        ["group.instance.id"] = "set kafka.instance",
        ["group.protocol"] = "set kafka.groupProtocol",
        ["group.remote.assignor"] = OwnedByRange,
        ["partition.assignment.strategy"] = OwnedByRange,
        ["enable.auto.commit"] = "the engine commits together with its results",
        ["enable.auto.offset.store"] = "the engine commits together with its results",
        ["enable.partition.eof"] = "the engine sees by it that a partition is idle",
        ["auto.offset.reset"] = "set kafka.startAt",
        ["isolation.level"] = OwnedByDelivery,
        ["enable.idempotence"] = OwnedByDelivery,
        ["acks"] = OwnedByDelivery,
        ["request.required.acks"] = OwnedByDelivery,
        ["transactional.id"] = "the engine names its producers itself",
        ["transaction.timeout.ms"] = "set kafka.commitTimeout",
        ["message.timeout.ms"] = "set kafka.commitTimeout",
        ["delivery.timeout.ms"] = "set kafka.commitTimeout",
        ["message.max.bytes"] = "set kafka.recordMax",
        ["session.timeout.ms"] = "set kafka.sessionTimeout",
        ["max.poll.interval.ms"] = "set kafka.pollIntervalMax",
    };

    // What the client around librdkafka reads itself.
    private const string OfTheClient = "dotnet.";

    private const int Accepted = 0;
    private const int Unknown = -2;

    /// <returns>Why it cannot be set and the nearest remedy; null: it can.</returns>
    public static string? Problem(string name, string value)
    {
        if (Reserved.TryGetValue(name, out var instead))
        {
            return $"'{name}' cannot be set here: {instead}";
        }

        if (name.StartsWith(OfTheClient, StringComparison.Ordinal))
        {
            return $"'{name}' cannot be set here: it is none of librdkafka's properties";
        }

        var properties = Librdkafka.ConfNew();
        try
        {
            Span<byte> reason = stackalloc byte[512];
            fixed (byte* start = reason)
            {
                return Librdkafka.ConfSet(properties, name, value, start, (nuint)reason.Length) switch
                {
                    Accepted => null,
                    Unknown => $"librdkafka knows no property '{name}'.{NearestName.Hint(name, Names())}".TrimEnd('.'),
                    _ => $"librdkafka refuses it: {Marshal.PtrToStringUTF8((nint)start)}",
                };
            }
        }
        finally
        {
            Librdkafka.ConfDestroy(properties);
        }
    }

    /// <summary>Makes a client: what properties come to together, and files that they name, show only then.</summary>
    /// <exception cref="KafkaLaneException">librdkafka refuses them.</exception>
    public static T Build<T>(Func<T> client)
    {
        try
        {
            return client();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw new KafkaLaneException($"kafka: librdkafka refuses a property of the client: {e.Message}", e);
        }
    }

    // librdkafka lists only those that have a default value; Confluent.Kafka names them all, in its own spelling.
    private static IEnumerable<string> Names() =>
        typeof(ConsumerConfig).GetProperties().Concat(typeof(ProducerConfig).GetProperties())
            .Select(property => string.Concat(property.Name.Select((c, i) => i > 0 && char.IsAsciiLetterUpper(c) ? $".{c}" : $"{c}")).ToLowerInvariant());
}
