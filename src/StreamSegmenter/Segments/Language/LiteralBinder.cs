using System.Globalization;
using StreamSegmenter.Aggregates;
using StreamSegmenter.Events;
using StreamSegmenter.Windows;

namespace StreamSegmenter.Segments.Language;

/// <summary>Where a definition's errors go.</summary>
internal sealed class ErrorSink(string file, List<DefinitionError> errors)
{
    /// <summary>Adds an error. The result is null, so that a binder can return it.</summary>
    public string? Report(SourcePosition at, string message)
    {
        errors.Add(new DefinitionError(file, at.Line, at.Column, message));
        return null;
    }
}

/// <summary>Turns the constants of a definition into the integers that aggregates and fields are compared with.</summary>
internal sealed class LiteralBinder(ErrorSink errors, Currency currency)
{
    /// <summary>The constant as an integer of the type; null after an error.</summary>
    public long? Read(SyntaxNode node, AggregateType type, string comparedWith)
    {
        if (type == AggregateType.Duration)
        {
            return node is DurationNode duration
                ? duration.Ms
                : Fail(node, $"{comparedWith} is a duration; {DurationText.UnitsHint}");
        }

        if (type == AggregateType.Boolean && node is BooleanNode boolean)
        {
            return boolean.Value ? 1 : 0;
        }

        if (node is not NumberNode number)
        {
            return Fail(node, $"{comparedWith} is {(type == AggregateType.Money ? "an amount of money" : "a number")}, "
                + $"found {Describe(node)}");
        }

        var digits = AggregateTypes.DigitsOf(type, currency);
        if (AggregateTypes.TryScale(number.Value, digits, out var scaled))
        {
            return scaled;
        }

        var written = number.Value.ToString(CultureInfo.InvariantCulture);
        return Fail(node, type switch
        {
            AggregateType.Integer => $"{comparedWith} is a whole number, {written} is not one or is too large",
            AggregateType.Money => $"{written} has more digits than {currency} has ({digits}), or is too large",
            _ => $"{written} has more than {digits} digits after the decimal point, or is too large",
        });
    }

    /// <summary>The canonical form of a constant: equal values read equal.</summary>
    public static string Canonical(SyntaxNode node) => node switch
    {
        NumberNode number => number.Value.ToString("0.############################", CultureInfo.InvariantCulture),
        DurationNode duration => DurationText.Format(duration.Ms),
        TextNode text => Quote(text.Value),
        BooleanNode boolean => boolean.Value ? "true" : "false",
        _ => "",
    };

    public static string Quote(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";

    /// <summary>How an error message names what it found.</summary>
    public static string Describe(SyntaxNode node) => node switch
    {
        NumberNode or DurationNode or BooleanNode => Canonical(node),
        TextNode => "the text " + Canonical(node),
        NameNode name => $"the name '{name.Name}'",
        AggregateNode aggregate => aggregate.Function + "(…)",
        InSegmentNode => "in_segment(…)",
        _ => "a condition",
    };

    private long? Fail(SyntaxNode node, string message)
    {
        errors.Report(node.At, message);
        return null;
    }
}
