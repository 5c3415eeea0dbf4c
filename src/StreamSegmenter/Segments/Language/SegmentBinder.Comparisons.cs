using System.Text;
using StreamSegmenter.Aggregates;
using StreamSegmenter.Segments.Conditions;

namespace StreamSegmenter.Segments.Language;

// Comparisons: what stands on either side decides how.
internal sealed partial class SegmentBinder
{
    private string? Compare(ComparisonNode node)
    {
        if (IsConstant(node.Left) && !IsConstant(node.Right))
        {
            node = node with { Left = node.Right, Right = node.Left, Comparison = node.Comparison.Mirrored() };
        }

        switch (node.Left)
        {
            case ErrorNode:
                return null;
            case ArithmeticNode:
                return Calculated(node);
            case ProfileNode profile:
                return Profile(profile, node.Comparison, node.Right);
            case NameNode name when IsClock(name):
                return Clock(name, node.Comparison, node.Right);
            case AggregateNode { Function: not ("did" or "first_time") } when node.Right is ArithmeticNode:
                return Calculated(node);
            case AggregateNode aggregate:
                return Compare(node, aggregate);
            default:
                return scope.Errors.Report(node.Left.At, node.Left is NameNode unknown
                    ? AboutName(unknown)
                    : $"{LiteralBinder.Describe(node.Left)} cannot be compared; compare a value such as count(…)");
        }
    }

    private static bool IsConstant(SyntaxNode node) => node is NumberNode or DurationNode or TextNode or BooleanNode;

    private string? Compare(ComparisonNode node, AggregateNode leftNode)
    {
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
            return TestText(left, TextOp.Compare, node.Comparison, node.Right, text);
        }

        if (_constants.Read(node.Right, left.Type, left.Text) is not { } constant)
        {
            return null;
        }

        if (left.Read.Aggregate.Kind == AggregateKind.Distinct && constant >= DistinctValues.ValuesMax)
        {
            return scope.Errors.Report(
                node.Right.At, $"distinct over a period of the calendar counts up to {DistinctValues.ValuesMax}; compare it with less, or take a window such as 30d");
        }

        var op = left.Type == AggregateType.Duration ? Opcode.CompareElapsed
            : left.Read.Aggregate.Kind is AggregateKind.First or AggregateKind.Last ? Opcode.CompareKept
            : Opcode.Compare;
        return Then(new Instruction(op, node.Comparison, left.Read, Constant: constant), text);
    }

    private string? Calculated(ComparisonNode node)
    {
        var arithmetic = new ArithmeticBinder(scope, ValueOf);
        return arithmetic.Bind(node.Left) is { } left && arithmetic.Bind(node.Right) is { } right && arithmetic.AreAlike(node, left, right)
            ? Test(
                new CompareValues(new ValueCode(left.Steps, scope.Currency), node.Comparison, new ValueCode(right.Steps, scope.Currency)),
                $"{left.Text} {node.Comparison.Sign()} {right.Text}")
            : null;
    }

    private string? Match(TextMatchNode node)
    {
        if (node.Operand is ProfileNode profile && node.Pattern is TextNode wanted)
        {
            return _constants.Test(node.Match, wanted) is { } test
                ? Profile(profile, new PredicateStep(PredicateOp.Text, Text: test), $" {node.Word} {LiteralBinder.Canonical(wanted)}")
                : null;
        }

        if (node.Operand is not AggregateNode { Function: "first" or "last" } aggregate)
        {
            return scope.Errors.Report(node.At, $"'{node.Word}' looks at texts: last(page_viewed.url) {node.Word} '/sale', or behind "
                + $"'where': did(page_viewed where url {node.Word} '/sale')");
        }

        return ValueOf(aggregate, node.Pattern) is { } value
            ? TestText(value, node.Match, default, node.Pattern, $"{value.Text} {node.Word} {LiteralBinder.Canonical(node.Pattern)}")
            : null;
    }

    private string? TestText(BoundAggregate value, TextOp op, Comparison comparison, SyntaxNode constant, string canonical)
    {
        if (value.Type != AggregateType.Text || constant is not TextNode text)
        {
            return scope.Errors.Report(constant.At, value.Type == AggregateType.Text
                ? $"{value.Text} is a text, found {LiteralBinder.Describe(constant)}"
                : $"{value.Text} is {NameOf(value.Type)} and has no text to look at");
        }

        if (Encoding.UTF8.GetByteCount(text.Value) > KeptText.BytesMax)
        {
            return scope.Errors.Report(text.At, $"texts are kept up to {KeptText.BytesMax} bytes; this one is longer");
        }

        return _constants.Test(op, text, comparison) is { } test
            ? Then(new Instruction(Opcode.TestKept, Left: value.Read, Text: test), canonical)
            : null;
    }

    private string? CompareTwo(ComparisonNode node, BoundAggregate left, BoundAggregate right)
    {
        var numbers = left.Type is AggregateType.Integer or AggregateType.Micro && right.Type is AggregateType.Integer or AggregateType.Micro;
        if ((left.Type != right.Type && !numbers) || left.Type == AggregateType.Text)
        {
            return scope.Errors.Report(node.At, $"{left.Text} and {right.Text} cannot be compared: "
                + $"{NameOf(left.Type)} and {NameOf(right.Type)}");
        }

        var op = left.Type == AggregateType.Duration ? Opcode.CompareTwoElapsed : Opcode.CompareTwo;
        return Then(
            new Instruction(op, node.Comparison, left.Read, right.Read),
            $"{left.Text} {node.Comparison.Sign()} {right.Text}");
    }

    private BoundAggregate? ValueOf(AggregateNode node, SyntaxNode? comparedWith)
    {
        if (node.Function is "did" or "first_time")
        {
            scope.Errors.Report(node.At, $"{node.Function}(…) is true or false by itself; write '{node.Function}(…)' or 'not {node.Function}(…)'");
            return null;
        }

        var bound = _aggregates.Bind(node, comparedWith);
        if (bound is not null)
        {
            Mention(bound.Text, bound.Read);
        }

        return bound;
    }

    public static string NameOf(AggregateType type) => type switch
    {
        AggregateType.Money => "an amount of money",
        AggregateType.Duration => "a duration",
        AggregateType.Text => "a text",
        AggregateType.Boolean => "true or false",
        _ => "a number",
    };
}
