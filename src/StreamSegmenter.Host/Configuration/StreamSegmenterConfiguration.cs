using StreamSegmenter.Connectors.Codecs.Csv;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Folding;
using StreamSegmenter.Host.Http;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Host.Configuration;

/// <summary>Everything that one configuration file says, checked, with every default filled in. Paths are absolute or
/// relative to the current directory; <c>-</c> is standard input.</summary>
/// <param name="File">The file as the user named it.</param>
/// <param name="Segments">The definitions' segments, compiled.</param>
internal sealed record StreamSegmenterConfiguration(
    string File,
    IReadOnlyList<InputConfiguration> Inputs,
    StorefrontDefinitions Definitions,
    SegmentProgram Segments,
    KafkaConfiguration? Kafka,
    OutputsConfiguration Outputs,
    SchemasConfiguration Schemas,
    EngineConfiguration Engine,
    HttpConfiguration Http,
    Redactor Redactor);

/// <summary>How the records of an input are written.</summary>
internal enum RecordFormat : byte
{
    Json,
    Avro,
    Csv,
}

/// <param name="Topic">What <c>run</c> reads; null: only a file.</param>
/// <param name="File">What <c>replay</c> reads; null: only a topic.</param>
/// <param name="Mapping">Its currency is that of prices which name none: the input's own, else the shop's.</param>
internal sealed record InputConfiguration(
    string? Topic, string? File, RecordFormat Format, bool SortByEventTime, long MaxOutOfOrdernessMs, InputMapping Mapping,
    CsvOptions Csv)
{
    /// <summary>For messages: the topic, else the file.</summary>
    public string Name => Topic ?? File ?? "";
}

internal sealed record KafkaConfiguration(
    string Brokers, string Group, string? Instance, bool ExactlyOnce, bool ConsumerProtocol, bool StartAtLatest,
    bool CreateTopics, int ReplicationFactor, KafkaTiming Timing, int RecordBytesMax, IReadOnlyDictionary<string, string> Properties,
    IReadOnlyDictionary<string, string> ConsumerProperties, IReadOnlyDictionary<string, string> ProducerProperties);

/// <summary>How long Kafka's clients wait; milliseconds.</summary>
internal readonly record struct KafkaTiming(int SessionTimeoutMs, int CommitTimeoutMs, int PollIntervalMsMax);

internal sealed record OutputsConfiguration(RecordFormat Format, OutputTopics Topics);

internal sealed record OutputTopics(
    string CartAbandonment, string SuppressedTriggers, string SegmentMembership, string ConversionMetrics, string DeadLetters, string LateEvents,
    string Changelog);

/// <summary>Where schemas come from; both null: those that the product brings.</summary>
internal sealed record SchemasConfiguration(string? Folder, Uri? Registry, string? User, string? Password);

/// <param name="Lanes">Null: one per core.</param>
/// <param name="StateDirectory">Null: a temporary folder, and no checkpoints.</param>
internal sealed record EngineConfiguration(
    int? Lanes, int Shards, long CommitIntervalMs, long IdleTimeoutMs, long MaxClockSkewMs, int ReorderEventsMax,
    long WorkingSetBytesMax, string? StateDirectory, long StateMemoryBytes, long ShutdownDeadlineMs, long CheckpointIntervalMs,
    long CheckpointAgeMsMax);

/// <param name="Listen">Null: no HTTP.</param>
internal sealed record HttpConfiguration(ListenAddress? Listen);
