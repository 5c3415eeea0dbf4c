namespace StreamSegmenter.Connectors.Kafka;

/// <summary>A lane cannot go on with Kafka: its group membership was taken over by another process of the same instance
/// id, its topics do not fit together, the changelog is missing. The message says what and the nearest remedy. Passing
/// troubles (brokers down, elections, authorisation that may be granted) are never this; they show in
/// <see cref="ConnectionStatus"/>.</summary>
internal sealed class KafkaLaneException : Exception
{
    public KafkaLaneException(string message)
        : base(message)
    {
    }

    public KafkaLaneException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
