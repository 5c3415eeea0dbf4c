using StreamSegmenter.Connectors.Kafka;

namespace StreamSegmenter.Perf.Load;

/// <summary>The engine's topics on the bench's broker.</summary>
internal static class KafkaLoad
{
    public static KafkaOutputs Outputs { get; } = new(
        "cart-abandonment", "segment-membership", "conversion-metrics", "dead-letters", "late-events", "changelog");

    public static KafkaSettings Settings(string bootstrapServers) => new()
    {
        BootstrapServers = bootstrapServers,
        GroupId = "perf-engine",
        Inputs = [new KafkaInput(LoadOptions.Topic)],
        Outputs = Outputs,
        Delivery = DeliveryMode.AtLeastOnce,
        CreateTopics = false,
    };
}
