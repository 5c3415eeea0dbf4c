using StreamSegmenter.Aggregates;
using StreamSegmenter.Definitions;
using StreamSegmenter.Events;

namespace StreamSegmenter.Segments.Language;

/// <summary>Gives the expression behind <c>where</c> its meaning: names are fields of the event, constants take the field's
/// type. Every method returns the canonical text of what it bound, null after an error.</summary>
internal sealed class PredicateBinder(ErrorSink errors, Currency currency, EventNames names)
{
    private readonly LiteralBinder _constants = new(errors, currency);
    private readonly List<PredicateStep> _steps = [];
    private bool _asksForCalendar;

    /// <summary>The compiled predicate and its canonical text; null after an error was added.</summary>
    public static (EventPredicate Predicate, string Canonical)? Bind(
        SyntaxNode where, ErrorSink errors, Currency currency, EventNames names, Calendars calendars)
    {
        var binder = new PredicateBinder(errors, currency, names);
        if (binder.Condition(where) is not { } canonical)
        {
            return null;
        }

        if (StackDepth(binder._steps) > EventPredicate.StackDepthMax)
        {
            errors.Report(where.At, "the condition behind 'where' is nested too deeply; take some parentheses away");
            return null;
        }

        return (new EventPredicate([.. binder._steps], currency, binder._asksForCalendar ? calendars.Calendar : null), canonical);
    }

    private static readonly string[] Identities = ["customer_id", "anonymous_id", "event_id"];

    private static int StackDepth(List<PredicateStep> steps)
    {
        var (depth, deepest) = (0, 0);
        foreach (var step in steps)
        {
            depth += step.Op switch { PredicateOp.And or PredicateOp.Or => -1, PredicateOp.Not => 0, _ => 1 };
            deepest = Math.Max(deepest, depth);
        }

        return deepest;
    }

    /// <summary>The field that a name stands for; null after an error.</summary>
    public static EventField? FieldOf(NameNode name, ErrorSink errors)
    {
        if (name.IsProperty)
        {
            return EventField.Property(name.Name);
        }

        if (Identities.Contains(name.Name, StringComparer.OrdinalIgnoreCase))
        {
            errors.Report(name.At, $"'{name.Name}' names one customer or one event and cannot be compared; "
                + $"compare another field. A property of that name is written properties.{name.Name}");
            return null;
        }

        var field = EventField.Named(name.Name);
        if (field.Kind == FieldKind.Property && NearestName.Of(name.Name, EventField.KnownNames) is { } nearest)
        {
            errors.Report(name.At, $"unknown field '{name.Name}'. Did you mean '{nearest}'? "
                + $"A property of that name is written properties.{name.Name}");
            return null;
        }

        return field;
    }

    private string? Condition(SyntaxNode node) => node switch
    {
        LogicalNode logical => Logical(logical),
        NotNode not => Condition(not.Operand) is { } inner ? Then(new PredicateStep(PredicateOp.Not), $"not {inner}") : null,
        ComparisonNode { Left: NameNode name } comparison => Compare(name, comparison.Comparison, comparison.Right),
        ComparisonNode { Right: NameNode name } comparison =>
            Compare(name, comparison.Comparison.Mirrored(), comparison.Left),
        InNode { Operand: NameNode name } membership => In(name, membership.Values),
        BetweenNode { Operand: NameNode name } between => Between(name, between),
        TextMatchNode { Operand: NameNode name } match => Match(name, match),
        ExistsNode exists => Exists(exists),
        BooleanNode boolean => Then(
            new PredicateStep(boolean.Value ? PredicateOp.True : PredicateOp.False), LiteralBinder.Canonical(boolean)),
        NameNode name => Compare(name, Comparison.Equal, new BooleanNode(name.At, true)),
        ErrorNode => null,
        AggregateNode or InSegmentNode or RhythmNode or SequenceNode => errors.Report(
            node.At, "'where' looks at one event; aggregates and segments stand outside its parentheses"),
        _ => errors.Report(
            node.At, "'where' compares a field of the event with a constant, such as category = 'shoes'"),
    };

    private string? Logical(LogicalNode node)
    {
        var op = new PredicateStep(node.IsAnd ? PredicateOp.And : PredicateOp.Or);
        var texts = new List<string>();
        foreach (var term in node.Terms)
        {
            if (Condition(term) is { } text)
            {
                texts.Add(text);
            }

            if (texts.Count > 1)
            {
                _steps.Add(op);
            }
        }

        return texts.Count == node.Terms.Count ? $"({string.Join(node.IsAnd ? " and " : " or ", texts)})" : null;
    }

    private string? In(NameNode name, IReadOnlyList<SyntaxNode> values)
    {
        var terms = values.Select(value => new ComparisonNode(value.At, name, Comparison.Equal, value)).ToArray();
        return terms.Length == 1 ? Condition(terms[0]) : Logical(new LogicalNode(name.At, IsAnd: false, terms));
    }

    private string? Between(NameNode name, BetweenNode node) => Logical(new LogicalNode(node.At, IsAnd: true,
    [
        new ComparisonNode(node.At, name, Comparison.GreaterOrEqual, node.Low),
        new ComparisonNode(node.At, name, Comparison.LessOrEqual, node.High),
    ]));

    private string? Compare(NameNode name, Comparison comparison, SyntaxNode constant)
    {
        if (FieldOf(name, errors) is not { } field)
        {
            return null;
        }

        var text = $"{field.Text} {comparison.Sign()} {LiteralBinder.Canonical(constant)}";
        switch (field.Kind)
        {
            case FieldKind.EventType or FieldKind.Currency when comparison > Comparison.NotEqual:
                return errors.Report(name.At, $"'{field.Name}' has no order; compare it with '=', '!=' or 'in'");
            case FieldKind.EventType when constant is TextNode typeName:
                return CompareType(comparison, typeName);
            case FieldKind.Currency when constant is TextNode code:
                return CompareCurrency(comparison, code);
            case FieldKind.EventTime:
                return CompareTime(field, comparison, constant, text);
            case FieldKind.Weekday or FieldKind.Hour:
                _asksForCalendar = true;
                return _constants.Clock(constant, field.Kind == FieldKind.Hour) is { } shown
                    ? Then(
                        new PredicateStep(PredicateOp.Number, comparison, field, shown),
                        $"{field.Text} {comparison.Sign()} {LiteralBinder.ClockText(shown, field.Kind == FieldKind.Hour)}")
                    : null;
            case FieldKind.Quantity or FieldKind.Price or FieldKind.Total:
            case FieldKind.Property when constant is NumberNode:
                var type = field.IsMoney ? AggregateType.Money
                    : field.Kind == FieldKind.Quantity ? AggregateType.Integer : AggregateType.Micro;
                return _constants.Read(constant, type, $"'{field.Name}'") is { } number
                    ? Then(new PredicateStep(PredicateOp.Number, comparison, field, number), text)
                    : null;
            case FieldKind.Property when constant is BooleanNode boolean:
                return Then(new PredicateStep(PredicateOp.Boolean, comparison, field, boolean.Value ? 1 : 0), text);
            default:
                return constant is TextNode value
                    ? Then(new PredicateStep(
                        PredicateOp.Text, Field: field, Text: new TextTest(TextOp.Compare, comparison, value.Value)), text)
                    : errors.Report(constant.At, $"'{field.Name}' is compared with a "
                        + (field.IsText ? "text" : "text, a number, true or false")
                        + $", found {LiteralBinder.Describe(constant)}");
        }
    }

    private string? CompareType(Comparison comparison, TextNode name)
    {
        if (!names.TryResolve(name, errors, out var type))
        {
            return null;
        }

        return type is { } known
            ? Then(
                new PredicateStep(PredicateOp.EventType, comparison, Number: known.Id),
                $"event_type {comparison.Sign()} {LiteralBinder.Quote(EventTypes.NameOf(known))}")
            : errors.Report(name.At, $"every event is '{name.Value}'; compare with the name of one type");
    }

    // A date is its whole day: after '2025-12-01' begins when that day is over, and up to it includes it.
    private string? CompareTime(EventField field, Comparison comparison, SyntaxNode constant, string canonical)
    {
        if (constant is not TextNode text || !InstantText.TryParse(text.Value, out var startMs, out var endMs))
        {
            return errors.Report(constant.At, $"'{field.Name}' is compared with a date such as '2025-11-28' or an instant such as "
                + $"'2025-11-28T18:00:00Z', found {LiteralBinder.Describe(constant)}");
        }

        var isRange = comparison is Comparison.Equal or Comparison.NotEqual;
        if (isRange || comparison is Comparison.GreaterOrEqual or Comparison.Less)
        {
            var from = isRange ? Comparison.GreaterOrEqual : comparison;
            Then(new PredicateStep(PredicateOp.Number, from, field, startMs), canonical);
        }

        if (isRange || comparison is Comparison.Greater or Comparison.LessOrEqual)
        {
            var until = comparison == Comparison.Greater ? Comparison.GreaterOrEqual : Comparison.Less;
            Then(new PredicateStep(PredicateOp.Number, until, field, endMs), canonical);
        }

        if (isRange)
        {
            Then(new PredicateStep(PredicateOp.And), canonical);
        }

        return comparison == Comparison.NotEqual ? Then(new PredicateStep(PredicateOp.Not), canonical) : canonical;
    }

    private string? CompareCurrency(Comparison comparison, TextNode code) => Currency.TryParse(code.Value, out var parsed)
        ? Then(
            new PredicateStep(PredicateOp.Currency, comparison, Number: parsed.Packed),
            $"currency {comparison.Sign()} '{parsed}'")
        : errors.Report(code.At, $"'{code.Value}' is not a currency; write three letters such as 'EUR'");

    private string? Match(NameNode name, TextMatchNode node)
    {
        if (FieldOf(name, errors) is not { } field)
        {
            return null;
        }

        var word = node.Word;
        if (node.Pattern is not TextNode pattern
            || !(field.IsText || field.Kind == FieldKind.Property)
            || field.Kind is FieldKind.EventType or FieldKind.Currency)
        {
            return errors.Report(node.At, $"'{word}' looks for a text in a field of texts: category {word} 'shoe'");
        }

        return _constants.Test(node.Match, pattern) is { } test
            ? Then(new PredicateStep(PredicateOp.Text, Field: field, Text: test), $"{field.Text} {word} {LiteralBinder.Canonical(pattern)}")
            : null;
    }

    private string? Exists(ExistsNode node)
    {
        if (node.Name is not NameNode name)
        {
            return errors.Report(node.Name.At, "'where' looks at one event; attributes of the profile stand outside its parentheses");
        }

        return FieldOf(name, errors) is { } field
            ? Then(new PredicateStep(PredicateOp.Exists, Field: field), $"exists({field.Text})")
            : null;
    }

    private string Then(PredicateStep step, string canonical)
    {
        _steps.Add(step);
        return canonical;
    }
}
