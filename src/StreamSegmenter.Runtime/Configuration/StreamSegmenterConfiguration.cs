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
    /// <summary>The keys whose values a version of the definitions has; all others take a restart.</summary>
    public static readonly string[] DefinitionKeys = ["cartAbandonment", "segments"];

    /// <summary>Their values, as one JSON object.</summary>
    public string DefinitionsJson { get; init; } = "{}";

    /// <summary>A value among them that refers to the environment, which other instances may not have; null: there is none.</summary>
    public ScalarNode? DefinitionReference { get; init; }

    /// <summary>The same configuration with other definitions, given as one JSON object; and what errors call it.</summary>
    public required Func<string, string, LoadedConfiguration> WithDefinitions { get; init; }

    /// <summary>Reads the file again.</summary>
    public required Func<LoadedConfiguration> Reload { get; init; }

    /// <summary>Reads the file again with more values of <c>--set</c>.</summary>
    public required Func<IReadOnlyList<string>, LoadedConfiguration> ReloadWith { get; init; }

    /// <summary>Reads another file, whose inputs need not be there.</summary>
    public required Func<string, LoadedConfiguration> ReadOther { get; init; }

    /// <summary>Event types of the user's own that the inputs' mappings name.</summary>
    public IReadOnlySet<string> OwnEventTypes { get; init; } = new HashSet<string>();
}
