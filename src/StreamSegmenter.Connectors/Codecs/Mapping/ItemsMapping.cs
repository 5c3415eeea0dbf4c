using System.Collections.Immutable;

namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>The list of items that a record carries: the lines of a cart or an order. The record stays one event.</summary>
internal sealed record ItemsMapping
{
    /// <summary>Paths of the list in order, the first that is a list counts; empty: <see cref="DefaultNames.Items"/>.</summary>
    public ImmutableArray<string> From { get; init; } = [];

    /// <summary>Field of a line (<see cref="LineFieldNames"/>) to its source, from the item on. A field that is not here is looked for
    /// under common names.</summary>
    public ImmutableDictionary<string, FieldMapping> Fields { get; init; } = ImmutableDictionary<string, FieldMapping>.Empty;
}
