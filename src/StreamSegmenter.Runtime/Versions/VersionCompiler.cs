using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Runtime.Versions;

/// <summary>Puts published definitions into a configuration, which has everything else: currency, time zone, mappings, grace.</summary>
internal sealed class VersionCompiler(StreamSegmenterConfiguration configuration)
{
    /// <summary>The version, ready to take over; null: it cannot be used here, and <paramref name="errors"/> say why.</summary>
    public DefinitionVersion? Compile(PublishedVersion version, out IReadOnlyList<DefinitionError> errors)
    {
        var loaded = configuration.WithDefinitions(version.Definitions, $"version {version.Id}");
        errors = loaded.Errors;
        return loaded.Configuration is { } changed
            ? new DefinitionVersion(version.Id, version.EffectiveMs, changed.Definitions, changed.Segments) { Json = version.Definitions, PublishedMs = version.PublishedMs }
            : null;
    }
}
