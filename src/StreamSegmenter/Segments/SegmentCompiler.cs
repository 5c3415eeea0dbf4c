using System.Globalization;
using System.Text;
using StreamSegmenter.Definitions;
using StreamSegmenter.Events;
using StreamSegmenter.Segments.Language;

namespace StreamSegmenter.Segments;

/// <summary>Definitions to code: parse all, put them in order, bind each, give each its version. Errors of all
/// definitions are collected.</summary>
internal sealed class SegmentCompiler(
    StorefrontDefinitions definitions, IReadOnlyCollection<string> knownEventTypes, List<DefinitionError> errors)
{
    /// <summary>More segments than this are refused.</summary>
    public const int SegmentsMax = 1024;

    private readonly IReadOnlyList<SegmentDefinition> _segments = definitions.Segments;
    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);

    public TraitTable Traits { get; } =
        new(definitions.Segments.Count * MembershipSlot.Bytes, definitions.Currency);

    /// <summary>The segments in order of evaluation; null after errors were added.</summary>
    public CompiledSegment[]? Compile()
    {
        var errorsBefore = errors.Count;
        IndexIds();
        var expressions = _segments.Select(segment => SegmentParser.Parse(segment, errors)).ToArray();
        var references = _segments
            .Select((segment, i) => SegmentOrder.ReferencesOf(expressions[i], _indexes, new ErrorSink(segment.File, errors)))
            .ToArray();
        var order = SegmentOrder.Of(_segments, references, errors);
        var bound = new BoundSegment?[_segments.Count];
        var names = new EventNames(knownEventTypes);
        foreach (var index in order ?? Enumerable.Range(0, _segments.Count))
        {
            var sink = new ErrorSink(_segments[index].File, errors);
            bound[index] = expressions[index] is { } expression
                ? new SegmentBinder(sink, definitions.Currency, names, Traits, _indexes).Bind(expression)
                : null;
        }

        if (errors.Count > errorsBefore)
        {
            return null;
        }

        var versions = new string[_segments.Count];
        return [.. order!.Select(index => Finish(index, bound[index]!, versions))];
    }

    private CompiledSegment Finish(int index, BoundSegment bound, string[] versions)
    {
        var meaning = new StringBuilder(definitions.Currency.ToString()).Append('|').Append(bound.Canonical);
        foreach (var mention in bound.Mentions.Where(mention => mention.Trait is null))
        {
            meaning.Append('|').Append(mention.Text).Append(versions[mention.Segment]);
        }

        versions[index] = KeyHash.Short(Encoding.UTF8.GetBytes(meaning.ToString())).ToString("x8", CultureInfo.InvariantCulture);
        return new CompiledSegment(_segments[index].Id, index, bound, versions[index], definitions.Currency);
    }

    private void IndexIds()
    {
        for (var i = 0; i < _segments.Count; i++)
        {
            var (id, _, file, line, column) = _segments[i];
            if (i == SegmentsMax)
            {
                errors.Add(new DefinitionError(file, line, column, $"there are more than {SegmentsMax} segments"));
            }

            if (string.IsNullOrWhiteSpace(id))
            {
                errors.Add(new DefinitionError(file, line, column, "a segment needs an id"));
            }
            else if (!_indexes.TryAdd(id, i))
            {
                errors.Add(new DefinitionError(
                    file, line, column, $"segment '{id}' is defined twice; "
                    + $"the first definition is at line {_segments[_indexes[id]].Line}"));
            }
        }
    }
}
