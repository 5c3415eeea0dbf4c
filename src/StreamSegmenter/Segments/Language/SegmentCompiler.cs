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
    private readonly ShopSettings _shop;
    private readonly List<DefinitionError> _errors;
    private readonly List<DefinitionError>? _warnings;
    private readonly AggregateTable _aggregates;
    private readonly Outcome[] _outcomes;
    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);

    private SegmentCompiler(
        IReadOnlyList<SegmentDefinition> segments, ShopSettings shop, List<DefinitionError> errors, List<DefinitionError>? warnings)
    {
        _segments = segments;
        _shop = shop;
        _errors = errors;
        _warnings = warnings;
        _outcomes = new Outcome[segments.Count];
        _aggregates = new AggregateTable(segments.Count * MembershipSlot.Bytes, shop.Currency);
    }

    /// <summary>Compiles segments; null when <paramref name="errors"/> were added.</summary>
    /// <param name="warnings">Receives what is valid and probably not meant; null: the caller does not want it.</param>
    public static SegmentProgram? Compile(
        IReadOnlyList<SegmentDefinition> segments, ShopSettings shop, List<DefinitionError> errors, List<DefinitionError>? warnings = null)
    {
        var compiler = new SegmentCompiler(segments, shop, errors, warnings);
        return compiler.Compile() is { } compiled
            ? new SegmentProgram(compiled, compiler._aggregates) { Outcomes = compiler._outcomes }
            : null;
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
        var names = new EventNames(_shop.KnownEventTypes);
        var calendars = new Calendars(_shop.Zone, _shop.ZoneProperty, _aggregates);
        foreach (var index in order ?? Enumerable.Range(0, _segments.Count))
        {
            var scope = new DefinitionScope(
                new ErrorSink(_segments[index].File, _errors, _warnings), _shop.Currency, names, _aggregates, calendars);
            bound[index] = expressions[index] is { } expression ? new SegmentBinder(scope, _indexes).Bind(expression) : null;
        }

        if (_errors.Count > errorsBefore)
        {
            return null;
        }

        var versions = new string[_segments.Count];
        CompiledSegment[] compiled = [.. order!.Select(index => Finish(index, bound[index]!, versions))];
        Judge(compiled);
        return compiled;
    }

    private CompiledSegment Finish(int index, BoundSegment bound, string[] versions)
    {
        var segment = _segments[index];
        var meaning = new StringBuilder(_shop.Currency.ToString()).Append('|').Append(bound.Canonical);
        foreach (var mention in bound.Mentions.Where(mention => mention.IsSegment))
        {
            meaning.Append('|').Append(mention.Text).Append(versions[mention.Segment]);
        }

        if (bound.Zone is { } zone)
        {
            meaning.Append('|').Append(zone);
        }

        Damping? damping = null;
        if (segment.MinStayMs > 0 || segment.CooldownMs > 0)
        {
            meaning.Append(CultureInfo.InvariantCulture, $"|minStay {segment.MinStayMs}|cooldown {segment.CooldownMs}");
            damping = new Damping(segment.MinStayMs, segment.CooldownMs, _aggregates.Reserve($"damping of {segment.Id}", Damping.Bytes));
        }

        versions[index] = DefinitionHash.Of(meaning.ToString()).ToString("x8", CultureInfo.InvariantCulture);
        return new CompiledSegment(segment.Id, index, bound, versions[index], _shop.Currency, damping);
    }

    /// <summary>Finds out which segments are always empty or hold everyone.</summary>
    private void Judge(IReadOnlyList<CompiledSegment> inOrder)
    {
        var satisfiability = new Satisfiability(_outcomes);
        foreach (var segment in inOrder)
        {
            var (outcome, culprit) = satisfiability.Of(segment.Code.Instructions);
            _outcomes[segment.Index] = outcome;
            var definition = _segments[segment.Index];
            if (outcome == Outcome.Open || segment.Code.Instructions.Count == 1 && segment.Code.Instructions[0].Op is Opcode.True or Opcode.False)
            {
                continue;
            }

            var about = segment.Mentions.FirstOrDefault(mention => mention.Aggregate is not null && mention.Aggregate == culprit)?.Text;
            var why = about is null ? "" : outcome == Outcome.Never ? $": no value of {about} is all that is asked of it" : $": every value of {about} is what is asked of it";
            new ErrorSink(definition.File, _errors, _warnings).Warn(
                new SourcePosition(definition.Line, definition.Column),
                $"the condition of '{segment.Id}' {(outcome == Outcome.Never ? "can never hold" : "always holds")}{why}");
        }
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
