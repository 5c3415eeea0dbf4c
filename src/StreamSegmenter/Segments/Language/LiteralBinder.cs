using System.Globalization;
using StreamSegmenter.Aggregates;
using StreamSegmenter.Events;
using StreamSegmenter.Windows;

namespace StreamSegmenter.Segments.Language;

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

    private static readonly string[] Weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    /// <summary>An hour from 0 to 23, or a day of the week as 1 to 7; null after an error.</summary>
    public int? Clock(SyntaxNode node, bool isHour)
    {
        if (isHour)
        {
            return node is NumberNode { Value: >= 0 and <= 23 } hour && hour.Value == decimal.Truncate(hour.Value)
                ? (int)hour.Value
                : (int?)Fail(node, $"'hour' is a whole number from 0 to 23, found {Describe(node)}");
        }

        var name = (node as TextNode)?.Value.ToLowerInvariant() ?? "";
        var index = Array.FindIndex(Weekdays, day => day == name || (name.Length == 3 && day.StartsWith(name, StringComparison.Ordinal)));
        return index >= 0 ? index + 1 : (int?)Fail(node, $"'weekday' is a day such as 'monday', found {Describe(node)}");
    }

    public static string ClockText(int shown, bool isHour) =>
        isHour ? shown.ToString(CultureInfo.InvariantCulture) : Quote(Weekdays[shown - 1]);

    /// <summary>A test against a text; null after an error.</summary>
    public TextTest? Test(TextOp op, TextNode pattern, Comparison comparison = default)
    {
        try
        {
            return new TextTest(op, comparison, pattern.Value);
        }
        catch (NotSupportedException)
        {
            Fail(pattern, "the regular expression looks around or refers back, which takes unbounded time; write it without (?=, (?!, (?<, (?> and \\1");
        }
        catch (ArgumentException e)
        {
            Fail(pattern, $"no regular expression: {e.Message}");
        }

        return null;
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
        ArithmeticNode => "a calculation",
        RhythmNode rhythm => rhythm.Function,
        SequenceNode => "sequence(…)",
        AnniversaryNode => "anniversary(…)",
        ProfileNode profile => "profile." + profile.Name,
        DateRangeNode => "a range of dates",
        _ => "a condition",
    };

    private long? Fail(SyntaxNode node, string message)
    {
        errors.Report(node.At, message);
        return null;
    }
}
