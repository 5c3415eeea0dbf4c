using System.Text;
using StreamSegmenter.Aggregates;
using StreamSegmenter.Events;

namespace StreamSegmenter.Segments.Language;

/// <summary>Gives a segment's expression its meaning and makes its code: resolves events, shares aggregates, takes constants to
/// the type of what they are compared with. The methods that bind a condition return its canonical text, null after an
/// error; the code of a definition with errors is never run.</summary>
internal sealed class SegmentBinder(
    ErrorSink errors, Currency currency, EventNames names, AggregateTable aggregates, IReadOnlyDictionary<string, int> segments)
{
    private readonly LiteralBinder _constants = new(errors, currency);
    private readonly AggregateBinder _aggregates = new(errors, currency, names, aggregates);
    private readonly List<Instruction> _instructions = [];
    private readonly List<Mention> _mentions = [];

    /// <summary>The compiled expression; null after an error was added.</summary>
    public BoundSegment? Bind(SyntaxNode expression) => Condition(expression) is { } canonical
        ? new BoundSegment(new SegmentCode([.. _instructions]), _mentions, canonical)
        : null;

    private string? Condition(SyntaxNode node) => node switch
    {
        LogicalNode logical => Logical(logical),
        NotNode not => Condition(not.Operand) is { } inner ? Then(new Instruction(Opcode.Not), $"not {inner}") : null,
        ComparisonNode comparison => Compare(comparison),
        InNode membership => In(membership),
        BetweenNode between => Between(between),
        AggregateNode { Function: "did" } did => Did(did),
        InSegmentNode other => InSegment(other),
        BooleanNode boolean => Then(
            new Instruction(boolean.Value ? Opcode.True : Opcode.False), LiteralBinder.Canonical(boolean)),
        NameNode name => errors.Report(name.At, AboutName(name)),
        TextMatchNode match => Match(match),
        ExistsNode => errors.Report(
            node.At, "exists(…) looks at one event; write it behind 'where': did(order_completed where exists(coupon))"),
        AggregateNode aggregate => errors.Report(
            node.At, $"{aggregate.Function}(…) is a value; compare it, such as {aggregate.Function}(…) "
            + (aggregate.Function.StartsWith("since", StringComparison.Ordinal) ? "> 30d" : ">= 3")),
        _ => errors.Report(node.At, $"{LiteralBinder.Describe(node)} is not a condition"),
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

    private string? Compare(ComparisonNode node)
    {
        if (node.Left is not AggregateNode && node.Right is AggregateNode)
        {
            node = node with { Left = node.Right, Right = node.Left, Comparison = node.Comparison.Mirrored() };
        }

        if (node.Left is not AggregateNode leftNode)
        {
            return errors.Report(node.Left.At, node.Left is NameNode name
                ? AboutName(name)
                : $"{LiteralBinder.Describe(node.Left)} cannot be compared; compare a value such as count(…)");
        }

        if (ValueOf(leftNode, node.Right) is not { } left)
        {
            return null;
        }

        if (node.Right is AggregateNode rightNode)
        {
            return ValueOf(rightNode, null) is { } right ? CompareTwo(node, left, right) : null;
        }

        var text = $"{left.Text} {node.Comparison.Sign()} {LiteralBinder.Canonical(node.Right)}";
        if (left.Type == AggregateType.Text)
        {
            return Test(left, TextOp.Compare, node.Comparison, node.Right, text);
        }

        if (_constants.Read(node.Right, left.Type, left.Text) is not { } constant)
        {
            return null;
        }

        if (left.Read.Aggregate.Kind == AggregateKind.Distinct && constant >= DistinctValues.ValuesMax)
        {
            return errors.Report(node.Right.At, $"distinct counts up to {DistinctValues.ValuesMax}; compare it with less");
        }

        var op = left.Type == AggregateType.Duration ? Opcode.CompareElapsed
            : left.Read.Aggregate.Kind is AggregateKind.First or AggregateKind.Last ? Opcode.CompareKept
            : Opcode.Compare;
        return Then(new Instruction(op, node.Comparison, left.Read, Constant: constant), text);
    }

    private string? Match(TextMatchNode node)
    {
        if (node.Operand is not AggregateNode { Function: "first" or "last" } aggregate)
        {
            return errors.Report(node.At, $"'{node.Word}' looks at texts: last(page_viewed.url) {node.Word} '/sale', or behind "
                + $"'where': did(page_viewed where url {node.Word} '/sale')");
        }

        return ValueOf(aggregate, node.Pattern) is { } value
            ? Test(value, node.Match, default, node.Pattern, $"{value.Text} {node.Word} {LiteralBinder.Canonical(node.Pattern)}")
            : null;
    }

    private string? Test(BoundAggregate value, TextOp op, Comparison comparison, SyntaxNode constant, string canonical)
    {
        if (value.Type != AggregateType.Text || constant is not TextNode text)
        {
            return errors.Report(constant.At, value.Type == AggregateType.Text
                ? $"{value.Text} is a text, found {LiteralBinder.Describe(constant)}"
                : $"{value.Text} is {NameOf(value.Type)} and has no text to look at");
        }

        return Encoding.UTF8.GetByteCount(text.Value) > KeptText.BytesMax
            ? errors.Report(text.At, $"texts are kept up to {KeptText.BytesMax} bytes; this one is longer")
            : Then(
                new Instruction(Opcode.TestKept, Left: value.Read, Text: new TextTest(op, comparison, text.Value)), canonical);
    }

    private string? CompareTwo(ComparisonNode node, BoundAggregate left, BoundAggregate right)
    {
        var numbers = left.Type is AggregateType.Integer or AggregateType.Micro && right.Type is AggregateType.Integer or AggregateType.Micro;
        if ((left.Type != right.Type && !numbers) || left.Type == AggregateType.Text)
        {
            return errors.Report(node.At, $"{left.Text} and {right.Text} cannot be compared: "
                + $"{NameOf(left.Type)} and {NameOf(right.Type)}");
        }

        var op = left.Type == AggregateType.Duration ? Opcode.CompareTwoElapsed : Opcode.CompareTwo;
        return Then(
            new Instruction(op, node.Comparison, left.Read, right.Read),
            $"{left.Text} {node.Comparison.Sign()} {right.Text}");
    }

    private string? Did(AggregateNode node)
    {
        if (_aggregates.Bind(node, null) is not { } did)
        {
            return null;
        }

        Mention(new Mention(did.Text, did.Read, -1));
        return Then(new Instruction(Opcode.Did, Left: did.Read), did.Text);
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

    private BoundAggregate? ValueOf(AggregateNode node, SyntaxNode? comparedWith)
    {
        if (node.Function == "did")
        {
            errors.Report(node.At, "did(…) is true or false by itself; write 'did(…)' or 'not did(…)'");
            return null;
        }

        var bound = _aggregates.Bind(node, comparedWith);
        if (bound is not null)
        {
            Mention(new Mention(bound.Text, bound.Read, -1));
        }

        return bound;
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
            : $"'{name.Name}' is not known here; fields of events stand behind 'where', and profile attributes are not "
                + "available in this version yet";

    private static string NameOf(AggregateType type) => type switch
    {
        AggregateType.Money => "an amount of money",
        AggregateType.Duration => "a duration",
        AggregateType.Text => "a text",
        AggregateType.Boolean => "true or false",
        _ => "a number",
    };

    private string Then(Instruction instruction, string canonical)
    {
        _instructions.Add(instruction);
        return canonical;
    }
}
