using System.Globalization;
using StreamSegmenter.Customers;
using StreamSegmenter.Folding;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Engine.Versions;

/// <summary>What the user defines about customers, from one instant of event time until the next version's. Immutable: all lanes share
/// it.</summary>
/// <param name="Id">Names it in the shards' records. A version that came with a configuration file is named after its contents, so
/// that a restart with the same file is no change.</param>
/// <param name="EffectiveMs">The first instant that it decides, epoch milliseconds of event time; <see cref="long.MinValue"/> for the
/// first one.</param>
/// <param name="Segments">The definitions' segments, compiled.</param>
internal sealed record DefinitionVersion(string Id, long EffectiveMs, StorefrontDefinitions Definitions, SegmentProgram Segments)
{
    private const string FilePrefix = "file-";

    /// <summary>As they were written, one JSON object; to show and to edit, and not to decide by.</summary>
    public string Json { get; init; } = "{}";

    /// <summary>Null: it came with a configuration file.</summary>
    public long? PublishedMs { get; init; }

    /// <summary>That of a configuration file.</summary>
    public static DefinitionVersion OfFile(StorefrontDefinitions definitions, SegmentProgram segments, long effectiveMs = long.MinValue) => new(
        FilePrefix + LayoutOf(definitions, segments).Hash.ToString("x8", CultureInfo.InvariantCulture), effectiveMs, definitions, segments);

    /// <summary>Whether both decide alike, whatever their texts look like.</summary>
    public bool SaysTheSameAs(DefinitionVersion other) => Layout().Hash == other.Layout().Hash;

    /// <summary>What it dictates of a customer's record.</summary>
    public RecordLayout Layout() => LayoutOf(Definitions, Segments);

    private static RecordLayout LayoutOf(StorefrontDefinitions definitions, SegmentProgram segments) =>
        new CustomerFold(definitions, segments).Layout;

    public static bool IsFileId(string id) => id.Length == 0 || id.StartsWith(FilePrefix, StringComparison.Ordinal);
}
