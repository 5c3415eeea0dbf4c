using StreamSegmenter.Connectors.Kafka;

namespace StreamSegmenter.Perf.Load;

/// <summary>The engine's topics on the bench's broker.</summary>
internal static class KafkaLoad
{
    public static KafkaOutputs Outputs { get; } = new(
        "cart-abandonment", "segment-membership", "conversion-metrics", "dead-letters", "late-events", "changelog");

    public static KafkaSettings Settings(string bootstrapServers, LoadDurability durability) => new()
    {
        BootstrapServers = bootstrapServers,
        GroupId = "perf-engine",
        Inputs = [new KafkaInput(LoadOptions.Topic)],
        Outputs = Outputs,
        Delivery = durability == LoadDurability.Transactions ? DeliveryMode.ExactlyOnce : DeliveryMode.AtLeastOnce,
        CreateTopics = false,
    };
}
