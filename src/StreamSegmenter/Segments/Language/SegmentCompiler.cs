using System.Globalization;
using System.Text;
using StreamSegmenter.Events;

namespace StreamSegmenter.Segments.Language;

/// <summary>Definitions to code: parse all, put them in order, bind each, give each its version. Errors of all
/// definitions are collected.</summary>
internal sealed class SegmentCompiler
{
    /// <summary>More segments than this are refused.</summary>
    public const int SegmentsMax = 1024;

    private readonly IReadOnlyList<SegmentDefinition> _segments;
    private readonly Currency _currency;
    private readonly IReadOnlyCollection<string> _knownEventTypes;
    private readonly List<DefinitionError> _errors;
    private readonly AggregateTable _aggregates;
    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);

    private SegmentCompiler(
        IReadOnlyList<SegmentDefinition> segments, Currency currency, IReadOnlyCollection<string> knownEventTypes, List<DefinitionError> errors)
    {
        _segments = segments;
        _currency = currency;
        _knownEventTypes = knownEventTypes;
        _errors = errors;
        _aggregates = new AggregateTable(segments.Count * MembershipSlot.Bytes, currency);
    }

    /// <summary>Compiles segments; null when <paramref name="errors"/> were added.</summary>
    /// <param name="currency">The one in which amounts are compared.</param>
    /// <param name="knownEventTypes">Event names that the configuration gives, beside the well-known ones. Another name is
    /// accepted unless it looks like a mistyped known one.</param>
    public static SegmentProgram? Compile(
        IReadOnlyList<SegmentDefinition> segments, Currency currency, IReadOnlyCollection<string> knownEventTypes,
        List<DefinitionError> errors)
    {
        var compiler = new SegmentCompiler(segments, currency, knownEventTypes, errors);
        return compiler.Compile() is { } compiled ? new SegmentProgram(compiled, compiler._aggregates) : null;
    }

    /// <summary>The segments in order of evaluation; null after errors were added.</summary>
    private CompiledSegment[]? Compile()
    {
        var errorsBefore = _errors.Count;
        IndexIds();
        var expressions = _segments.Select(segment => SegmentParser.Parse(segment, _errors)).ToArray();
        var references = _segments
            .Select((segment, i) => SegmentOrder.ReferencesOf(expressions[i], _indexes, new ErrorSink(segment.File, _errors)))
            .ToArray();
        var order = SegmentOrder.Of(_segments, references, _errors);
        var bound = new BoundSegment?[_segments.Count];
        var names = new EventNames(_knownEventTypes);
        foreach (var index in order ?? Enumerable.Range(0, _segments.Count))
        {
            var sink = new ErrorSink(_segments[index].File, _errors);
            bound[index] = expressions[index] is { } expression
                ? new SegmentBinder(sink, _currency, names, _aggregates, _indexes).Bind(expression)
                : null;
        }

        if (_errors.Count > errorsBefore)
        {
            return null;
        }

        var versions = new string[_segments.Count];
        return [.. order!.Select(index => Finish(index, bound[index]!, versions))];
    }

    private CompiledSegment Finish(int index, BoundSegment bound, string[] versions)
    {
        var meaning = new StringBuilder(_currency.ToString()).Append('|').Append(bound.Canonical);
        foreach (var mention in bound.Mentions.Where(mention => mention.Aggregate is null))
        {
            meaning.Append('|').Append(mention.Text).Append(versions[mention.Segment]);
        }

        versions[index] = DefinitionHash.Of(meaning.ToString()).ToString("x8", CultureInfo.InvariantCulture);
        return new CompiledSegment(_segments[index].Id, index, bound, versions[index], _currency);
    }

    private void IndexIds()
    {
        for (var i = 0; i < _segments.Count; i++)
        {
            var (id, _, file, line, column) = _segments[i];
            if (i == SegmentsMax)
            {
                _errors.Add(new DefinitionError(file, line, column, $"there are more than {SegmentsMax} segments"));
            }

            if (string.IsNullOrWhiteSpace(id))
            {
                _errors.Add(new DefinitionError(file, line, column, "a segment needs an id"));
            }
            else if (!_indexes.TryAdd(id, i))
            {
                _errors.Add(new DefinitionError(
                    file, line, column, $"segment '{id}' is defined twice; "
                    + $"the first definition is at line {_segments[_indexes[id]].Line}"));
            }
        }
    }
}
