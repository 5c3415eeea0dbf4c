using System.Text;
using Confluent.Kafka;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Writes one version of the definitions to their topic.</summary>
internal static class DefinitionWriter
{
    /// <returns>The record's offset, once all replicas that count have it.</returns>
    /// <exception cref="KafkaLaneException">The brokers did not take it.</exception>
    public static async Task<long> WriteAsync(KafkaSettings settings, string topic, string id, byte[] value, CancellationToken cancellation)
    {
        var config = new ProducerConfig(ClientConfigs.Producer(settings with { Delivery = DeliveryMode.AtLeastOnce }, 0))
        {
            ClientId = settings.ClientId + "-publish",
            EnableBackgroundPoll = true,
            DeliveryReportFields = "all",
        };
        using var producer = new ProducerBuilder<byte[], byte[]>(config)
            .SetErrorHandler((_, _) => { })
            .SetLogHandler((_, _) => { })
            .Build();
        try
        {
            var written = await producer.ProduceAsync(
                new TopicPartition(topic, CompactedTopicReader.Partition), new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(id), Value = value },
                cancellation);
            return written.Offset.Value;
        }
        catch (ProduceException<byte[], byte[]> e)
        {
            throw new KafkaLaneException($"kafka: the definitions could not be written to '{topic}': {e.Error.Reason}.", e);
        }
    }
}
