using StreamSegmenter.Aggregates;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;
using StreamSegmenter.Segments.Conditions;

namespace StreamSegmenter.Segments.Language;

/// <summary>Gives a segment's expression its meaning and makes its code: resolves events, shares aggregates, takes constants to
/// the type of what they are compared with. The methods that bind a condition return its canonical text, null after an
/// error; the code of a definition with errors is never run.</summary>
internal sealed partial class SegmentBinder(DefinitionScope scope, IReadOnlyDictionary<string, int> segments)
{
    private readonly LiteralBinder _constants = new(scope.Errors, scope.Currency);
    private readonly AggregateBinder _aggregates = new(scope);
    private readonly List<Instruction> _instructions = [];
    private readonly List<Mention> _mentions = [];
    private bool _asksForDay;

    /// <summary>The compiled expression; null after an error was added.</summary>
    public BoundSegment? Bind(SyntaxNode expression) => Condition(expression) is { } canonical
        ? new BoundSegment(new SegmentCode([.. _instructions]), _mentions, canonical, _asksForDay ? scope.Calendars.Calendar.Meaning : null)
        : null;

    private string? Condition(SyntaxNode node) => node switch
    {
        LogicalNode logical => Logical(logical),
        NotNode not => Condition(not.Operand) is { } inner ? Then(new Instruction(Opcode.Not), $"not {inner}") : null,
        ComparisonNode comparison => Compare(comparison),
        InNode membership => In(membership),
        BetweenNode between => Between(between),
        AggregateNode { Function: "did" } did => Did(did),
        AggregateNode { Function: "first_time" } first => FirstTime(first),
        InSegmentNode other => InSegment(other),
        RhythmNode rhythm => Rhythm(rhythm),
        SequenceNode sequence => Sequence(sequence),
        AnniversaryNode anniversary => Anniversary(anniversary),
        DateRangeNode dates => Dates(dates),
        ProfileNode profile => Profile(profile, Comparison.Equal, new BooleanNode(profile.At, true)),
        BooleanNode boolean => Then(
            new Instruction(boolean.Value ? Opcode.True : Opcode.False), LiteralBinder.Canonical(boolean)),
        NameNode name => scope.Errors.Report(name.At, AboutName(name)),
        TextMatchNode match => Match(match),
        ExistsNode exists => Exists(exists),
        AggregateNode aggregate => scope.Errors.Report(
            node.At, $"{aggregate.Function}(…) is a value; compare it, such as {aggregate.Function}(…) "
            + (aggregate.Function.StartsWith("since", StringComparison.Ordinal) ? "> 30d" : ">= 3")),
        ErrorNode => null,
        TextNode or NumberNode => scope.Errors.Report(
            node.At, $"{LiteralBinder.Describe(node)} is not a condition; to compare with one of several values, write in (…, {LiteralBinder.Canonical(node)})"),
        _ => scope.Errors.Report(node.At, $"{LiteralBinder.Describe(node)} is not a condition"),
    };

    private string? Logical(LogicalNode node)
    {
        var op = new Instruction(node.IsAnd ? Opcode.And : Opcode.Or);
        var texts = new List<string>();
        foreach (var term in node.Terms)
        {
            if (Condition(term) is { } text)
            {
                texts.Add(text);
            }

            if (texts.Count > 1)
            {
                _instructions.Add(op);
            }
        }

        return texts.Count == node.Terms.Count ? $"({string.Join(node.IsAnd ? " and " : " or ", texts)})" : null;
    }

    private string? In(InNode node)
    {
        var terms = node.Values
            .Select(value => new ComparisonNode(node.At, node.Operand, Comparison.Equal, value)).ToArray();
        return terms.Length == 1 ? Compare(terms[0]) : Logical(new LogicalNode(node.At, IsAnd: false, terms));
    }

    private string? Between(BetweenNode node) => Logical(new LogicalNode(node.At, IsAnd: true,
    [
        new ComparisonNode(node.At, node.Operand, Comparison.GreaterOrEqual, node.Low),
        new ComparisonNode(node.At, node.Operand, Comparison.LessOrEqual, node.High),
    ]));

    private string? Did(AggregateNode node)
    {
        // Of a period, the number of events says it; the latest event may lie behind yesterday.
        var isPeriod = node.Period is PeriodNode;
        if (_aggregates.Bind(node, null, isPeriod ? AggregateKind.Count : null) is not { } did)
        {
            return null;
        }

        Mention(did.Text, did.Read);
        return Then(
            isPeriod
                ? new Instruction(Opcode.Compare, Comparison.GreaterOrEqual, did.Read, Constant: 1)
                : new Instruction(Opcode.Did, Left: did.Read),
            did.Text);
    }

    /// <summary>The first of all such events, and it lies within the window.</summary>
    private string? FirstTime(AggregateNode node)
    {
        var window = node.Period is null ? null : WindowBinder.PeriodOf(node.Period);
        if (_aggregates.Bind(node with { Period = null }, null) is not { } first)
        {
            return null;
        }

        if (window is null)
        {
            if (node.Window is null)
            {
                scope.Errors.Warn(node.At, $"first_time without a window holds for everyone who ever did it; write first_time({node.Event.Value}, 30d), or did(…)");
            }

            Mention(first.Text, first.Read);
            return Then(new Instruction(Opcode.Did, Left: first.Read), first.Text);
        }

        // Its days are the customer's, so it has a calendar of its own meaning.
        var spec = first.Read.Aggregate.Spec;
        if (_aggregates.Share(node.At, spec with { Calendar = scope.Calendars.Calendar, Canonical = spec.Canonical + " by day" }) is not { } aggregate)
        {
            return null;
        }

        var text = first.Text[..^1] + WindowBinder.TextOf(window) + ")";
        Mention(text, new AggregateRead(aggregate, long.MaxValue));
        return Test(new FirstTimeInPeriod(aggregate, window), text);
    }

    private string? InSegment(InSegmentNode node)
    {
        // Unknown names were reported when the segments were put in order.
        if (!segments.TryGetValue(node.Segment.Value, out var segment))
        {
            return null;
        }

        var text = $"in_segment({node.Segment.Value})";
        Mention(new Mention(text, null, segment));
        return Then(new Instruction(Opcode.InSegment, Constant: segment), text);
    }

    private void Mention(string text, AggregateRead? read, Func<CustomerRecord, long, string>? show = null)
    {
        Mention(new Mention(text, read, -1) { Show = show });
        if (read?.Aggregate.Spec.Calendar is not null)
        {
            MentionZone();
        }
    }

    /// <summary>An event that names another zone changes what day it is.</summary>
    private void MentionZone()
    {
        _asksForDay = true;
        if (scope.Calendars.Calendar.Zone is { } zone)
        {
            Mention(new Mention(zone.Spec.Canonical, new AggregateRead(zone, long.MaxValue), -1));
        }
    }

    private void Mention(Mention mention)
    {
        if (!_mentions.Exists(other => other.Text == mention.Text))
        {
            _mentions.Add(mention);
        }
    }

    private string AboutName(NameNode name) => segments.ContainsKey(name.Name)
        ? $"'{name.Name}' is a segment; write in_segment({name.Name})"
        : EventTypes.WellKnown.Contains(name.Name)
            ? $"'{name.Name}' is an event; write did({name.Name}) or count({name.Name}, 30d) >= 1"
            : Vocabulary.Periods.Contains(name.Name, StringComparer.OrdinalIgnoreCase)
                ? $"'{name.Name}' is a window: did(page_viewed, {name.Name})"
                : $"'{name.Name}' is not known here; fields of events stand behind 'where', attributes of the customer are written "
                    + $"profile.{name.Name}";

    private string Test(Condition condition, string canonical) => Then(new Instruction(Opcode.Test, Condition: condition), canonical);

    private string Then(Instruction instruction, string canonical)
    {
        _instructions.Add(instruction);
        return canonical;
    }
}
