using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Folding;
using StreamSegmenter.Runtime.Configuration.Nodes;
using StreamSegmenter.Runtime.Configuration.Sections;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Runtime.Configuration;

/// <summary>One configuration file, checked, with every default filled in. Paths are absolute or
/// relative to the current directory; <c>-</c> is standard input.</summary>
/// <param name="File">The file as the user named it.</param>
/// <param name="Segments">The definitions' segments, compiled.</param>
/// <param name="Kafka">How to reach the cluster; null where the file names none. Loaded for <c>run</c> it is there, and every input has a topic.</param>
internal sealed record StreamSegmenterConfiguration(
    string File,
    IReadOnlyList<InputConfiguration> Inputs,
    StorefrontDefinitions Definitions,
    SegmentProgram Segments,
    KafkaSettings? Kafka,
    OutputsConfiguration Outputs,
    SchemasConfiguration Schemas,
    EngineConfiguration Engine,
    HttpConfiguration Http,
    LoggingConfiguration Logging,
    Redactor Redactor)
{
    /// <summary>Event types of the user's own that the inputs' mappings name.</summary>
    public IReadOnlySet<string> OwnEventTypes { get; init; } = new HashSet<string>();
}
