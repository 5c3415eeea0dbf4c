using Confluent.Kafka;

namespace StreamSegmenter.Connectors.Kafka.Native;

/// <summary>librdkafka's own client, for what Confluent.Kafka does not offer and there is no other way to do.</summary>
internal static class NativeHandle
{
    /// <exception cref="KafkaLaneException">Confluent.Kafka, in another version, does not let its handle be found.</exception>
    public static nint Of(IClient client)
    {
        var handle = Librdkafka.HandleOf(client);
        return handle != 0 ? handle : throw new KafkaLaneException(
            "This version of Confluent.Kafka hides its native handle. Use the version that this program was built with.");
    }
}
