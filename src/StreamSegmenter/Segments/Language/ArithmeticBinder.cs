using StreamSegmenter.Aggregates;
using StreamSegmenter.Segments.Conditions;

namespace StreamSegmenter.Segments.Language;

/// <param name="Money">Null for constants, which are whatever they are calculated with; else whether it is money.</param>
internal sealed record BoundValue(ValueStep[] Steps, string Text, bool? Money);

/// <summary>Makes code of calculations. Money is added to money and compared with money, multiplied with and divided by numbers; money by
/// money is a number.</summary>
internal sealed class ArithmeticBinder(DefinitionScope scope, Func<AggregateNode, SyntaxNode?, BoundAggregate?> valueOf)
{
    /// <summary>Null after an error was added.</summary>
    public BoundValue? Bind(SyntaxNode node) => node switch
    {
        NumberNode number => new BoundValue([new ValueStep(ValueOp.Constant, Constant: number.Value)], LiteralBinder.Canonical(number), null),
        AggregateNode aggregate => Aggregate(aggregate),
        ArithmeticNode arithmetic => Arithmetic(arithmetic),
        ErrorNode => null,
        _ => Fail(node.At, $"{LiteralBinder.Describe(node)} cannot be calculated with; calculate with numbers and values such as count(…)"),
    };

    /// <summary>Whether two values may be compared; false after an error.</summary>
    public bool AreAlike(SyntaxNode node, BoundValue left, BoundValue right) =>
        left.Money is not { } one || right.Money is not { } other || one == other
        || Fail(node.At, $"{left.Text} and {right.Text} cannot be compared: an amount of money and a number") is not null;

    private BoundValue? Aggregate(AggregateNode node)
    {
        if (valueOf(node, null) is not { } value)
        {
            return null;
        }

        return value.Type is AggregateType.Integer or AggregateType.Micro or AggregateType.Money
            ? new BoundValue([new ValueStep(ValueOp.Read, value.Read)], value.Text, value.Type == AggregateType.Money)
            : Fail(node.At, $"{value.Text} is {SegmentBinder.NameOf(value.Type)} and cannot be calculated with");
    }

    private BoundValue? Arithmetic(ArithmeticNode node)
    {
        var left = Bind(node.Left);
        var right = Bind(node.Right);
        if (left is null || right is null)
        {
            return null;
        }

        var (op, money, complaint) = node.Sign switch
        {
            '*' => (ValueOp.Multiply, Either(left, right), left.Money == true && right.Money == true ? "money times money is nothing" : null),
            '/' => (
                ValueOp.Divide, right.Money == true ? (left.Money is null ? null : false) : left.Money,
                left.Money == false && right.Money == true ? "a number is not divided by money" : null),
            '+' => (ValueOp.Add, Either(left, right), Unlike(left, right)),
            _ => (ValueOp.Subtract, Either(left, right), Unlike(left, right)),
        };
        return complaint is null
            ? new BoundValue([.. left.Steps, .. right.Steps, new ValueStep(op)], $"({left.Text} {node.Sign} {right.Text})", money)
            : Fail(node.At, $"{left.Text} {node.Sign} {right.Text}: {complaint}");
    }

    private static bool? Either(BoundValue left, BoundValue right) => left.Money == true || right.Money == true ? true : left.Money ?? right.Money;

    private static string? Unlike(BoundValue left, BoundValue right) =>
        left.Money is { } one && right.Money is { } other && one != other ? "an amount of money and a number are not added" : null;

    private BoundValue? Fail(SourcePosition at, string message)
    {
        scope.Errors.Report(at, message);
        return null;
    }
}
