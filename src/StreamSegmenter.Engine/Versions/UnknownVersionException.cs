namespace StreamSegmenter.Engine.Versions;

/// <summary>A shard is under published definitions that this process does not know: to serve it under others would give other results
/// for the same events.</summary>
internal sealed class UnknownVersionException(int partition, string id, DefinitionVersions versions) : Exception(
    $"partition {partition} is under version '{id}' of the definitions, "
    + (versions.Fault is { } fault
        ? $"and the latest version was refused here: {fault}"
        : "which the definitions' topic does not hold. Name the topic that it was published to (outputs.topics.definitions), or restore it"));
