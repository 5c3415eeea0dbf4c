namespace StreamSegmenter.Runtime.Configuration.Sections;

internal sealed record KafkaConfiguration(
    string Brokers, string Group, string? PreviousGroup, string? Instance, bool ExactlyOnce, bool ConsumerProtocol, bool StartAtLatest,
    bool CreateTopics, int ReplicationFactor, KafkaTiming Timing, int RecordBytesMax, IReadOnlyDictionary<string, string> Properties,
    IReadOnlyDictionary<string, string> ConsumerProperties, IReadOnlyDictionary<string, string> ProducerProperties);

/// <summary>How long Kafka's clients wait; milliseconds.</summary>
internal readonly record struct KafkaTiming(int SessionTimeoutMs, int CommitTimeoutMs, int PollIntervalMsMax, int SilenceMsMax);
