using StreamSegmenter.Aggregates;
using StreamSegmenter.Events;
using StreamSegmenter.Windows;

namespace StreamSegmenter.Segments.Language;

/// <param name="Type">The type of what the expression sees: for <c>since_last</c> a duration.</param>
/// <param name="Text">Canonical.</param>
internal sealed record BoundAggregate(AggregateRead Read, AggregateType Type, string Text);

/// <summary>Makes aggregates of the functions that an expression mentions.</summary>
internal sealed class AggregateBinder(DefinitionScope scope)
{
    private readonly WindowBinder _windows = new(scope.Errors);

    /// <summary>The function's aggregate; null after an error was added.</summary>
    /// <param name="comparedWith">Decides whether a property is read as a number, a text or a truth value, and how far values are
    /// told apart.</param>
    /// <param name="asKind">Another kind than the function's own.</param>
    public BoundAggregate? Bind(AggregateNode node, SyntaxNode? comparedWith, AggregateKind? asKind = null)
    {
        var kind = asKind ?? KindOf(node, comparedWith);
        if (!scope.Names.TryResolve(node.Event, scope.Errors, out var eventType)
            || !TryBindField(node, kind, eventType, out var field)
            || !_windows.TryBind(node, kind, out var window, out var period)
            || !TrySelect(eventType, node.Event, field, node.Where, out var where, out var selection))
        {
            return null;
        }

        if (field.Kind == FieldKind.Net && where is not null)
        {
            scope.Errors.Report(node.Where!.At, "'net' takes no 'where': a refund does not say what its order was like");
            return null;
        }

        return Share(node, kind, TypeOf(kind, field, comparedWith), selection, window, new AggregateSpec(
            kind, eventType, field, where, IsExact(kind) ? null : window, default, "")
        {
            Period = period,
            Calendar = period is not null || where?.AsksForCalendar == true ? scope.Calendars.Calendar : null,
        });
    }

    /// <summary>The condition behind <c>where</c>, and what is selected in canonical words; false after an error.</summary>
    public bool TrySelect(
        EventType? eventType, TextNode name, EventField field, SyntaxNode? whereNode, out EventPredicate? where, out string selection)
    {
        where = null;
        selection = eventType is { } known ? Spelled(EventTypes.NameOf(known)) : Vocabulary.AnyEvent;
        selection += field.Kind == FieldKind.None ? "" : "." + field.Text;
        if (whereNode is null)
        {
            return true;
        }

        if (PredicateBinder.Bind(whereNode, scope.Errors, scope.Currency, scope.Names, scope.Calendars) is not { } predicate)
        {
            return false;
        }

        where = predicate.Predicate;
        selection += " where " + predicate.Canonical;
        return true;
    }

    /// <summary>The aggregate of a specification; null after there were too many.</summary>
    public Aggregate? Share(SourcePosition at, AggregateSpec spec)
    {
        var aggregate = scope.Aggregates.Share(spec);
        if (aggregate is null)
        {
            scope.Errors.Report(at, $"the definitions need more than {AggregateTable.TraitsMax} different aggregates");
        }

        return aggregate;
    }

    private BoundAggregate? Share(
        AggregateNode node, AggregateKind kind, AggregateType type, string selection, SlidingWindow? window, AggregateSpec spec)
    {
        var isExact = IsExact(kind);
        var dates = spec.Period is { HasPanes: false } ? WindowBinder.TextOf(spec.Period) : "";
        var windowText = spec.Period is { } period ? WindowBinder.TextOf(period) : node.Window is null ? "" : ", " + DurationText.Format(node.Window.Ms);
        var pane = window is { } cut && !isExact ? $", pane: {DurationText.Format(cut.PaneMs)}" : "";
        var text = $"{node.Function}({selection}{windowText}{pane})";
        var canonical = (kind, type) switch
        {
            (AggregateKind.DistinctMany, _) => text + " without a bound",
            (AggregateKind.Count, _) => $"count({selection}{windowText}{pane})",
            _ when !isExact => text,
            (AggregateKind.FirstTime, _) => $"first_time({selection}{dates})",
            (AggregateKind.LastTime, _) => $"last_time({selection}{dates})",
            (_, AggregateType.Text or AggregateType.Boolean) =>
                $"{node.Function}({selection}{dates}) as {(type == AggregateType.Text ? "text" : "truth")}",
            _ => $"{node.Function}({selection}{dates})",
        };
        if (Share(node.At, spec with { Type = type, Canonical = canonical }) is not { } aggregate)
        {
            return null;
        }

        var windowMs = isExact && node.Window is not null ? node.Window.Ms : long.MaxValue;
        var isTime = kind is AggregateKind.FirstTime or AggregateKind.LastTime;
        return new BoundAggregate(new AggregateRead(aggregate, windowMs), isTime ? AggregateType.Duration : type, text);
    }

    private bool TryBindField(AggregateNode node, AggregateKind kind, EventType? eventType, out EventField field)
    {
        field = default;
        var needsField = kind is not (AggregateKind.Count or AggregateKind.FirstTime or AggregateKind.LastTime);
        if (needsField != node.Field is not null)
        {
            var example = kind is AggregateKind.Distinct or AggregateKind.DistinctMany ? "product_id" : "total";
            scope.Errors.Report(node.Field?.At ?? node.At, needsField
                ? $"{node.Function} needs a field: {node.Function}({node.Event.Value}.{example})"
                : $"{node.Function} looks at whole events and takes no field: {node.Function}({node.Event.Value})");
            return false;
        }

        if (node.Field is null)
        {
            return true;
        }

        if (node.Field is { IsProperty: false } net && eventType == EventTypes.OrderCompleted && net.Name.Equals("net", StringComparison.OrdinalIgnoreCase))
        {
            field = EventField.NetTotal;
            return kind is AggregateKind.Sum or AggregateKind.Average || Fail(
                net.At, $"'net' is summed and averaged: sum(order_completed.net). A property of that name is written properties.{net.Name}");
        }

        if (PredicateBinder.FieldOf(node.Field, scope.Errors) is not { } known)
        {
            return false;
        }

        field = known;
        return IsReadable(node, kind, known);
    }

    private bool IsReadable(AggregateNode node, AggregateKind kind, EventField known)
    {
        var at = node.Field!.At;
        if (known.Kind == FieldKind.EventTime || known.IsOfCalendar)
        {
            return Fail(at, $"{node.Function} does not look at {known.Name}; since_last({node.Event.Value}) and "
                + $"since_first({node.Event.Value}) say how long ago an event was, and 'where' compares its time");
        }

        var isKept = kind is AggregateKind.First or AggregateKind.Last;
        if (kind is AggregateKind.Distinct or AggregateKind.DistinctMany || !known.IsText
            || (isKept && known.Kind is not (FieldKind.EventType or FieldKind.Currency)))
        {
            return true;
        }

        return Fail(at, isKept
            ? $"{node.Function} cannot keep '{known.Name}'; it keeps numbers, other texts and properties"
            : $"'{known.Name}' is a text; {node.Function} needs a number: price, total, quantity or a property");
    }

    private bool Fail(SourcePosition at, string message)
    {
        scope.Errors.Report(at, message);
        return false;
    }

    public static bool IsExact(AggregateKind kind) =>
        kind is AggregateKind.FirstTime or AggregateKind.LastTime or AggregateKind.First or AggregateKind.Last;

    private static AggregateKind KindOf(AggregateNode node, SyntaxNode? comparedWith) => node.Function switch
    {
        "count" => AggregateKind.Count,
        "sum" => AggregateKind.Sum,
        "avg" => AggregateKind.Average,
        "min" => AggregateKind.Min,
        "max" => AggregateKind.Max,
        "distinct" when comparedWith is NumberNode { Value: >= DistinctValues.ValuesMax } && node.Period is null => AggregateKind.DistinctMany,
        "distinct" => AggregateKind.Distinct,
        "first" => AggregateKind.First,
        "last" => AggregateKind.Last,
        "since_first" or "first_time" => AggregateKind.FirstTime,
        _ => AggregateKind.LastTime,
    };

    private static AggregateType TypeOf(AggregateKind kind, EventField field, SyntaxNode? comparedWith) => field.Kind switch
    {
        _ when kind is AggregateKind.Distinct or AggregateKind.DistinctMany => AggregateType.Integer,
        FieldKind.Property when kind is AggregateKind.First or AggregateKind.Last => comparedWith switch
        {
            TextNode => AggregateType.Text,
            BooleanNode => AggregateType.Boolean,
            _ => AggregateType.Micro,
        },
        _ when field.IsText => AggregateType.Text,
        FieldKind.Price or FieldKind.Total or FieldKind.Net => AggregateType.Money,
        FieldKind.Property => AggregateType.Micro,
        FieldKind.Quantity when kind == AggregateKind.Average => AggregateType.Micro,
        _ => AggregateType.Integer,
    };

    // A name that the lexer would not read as one is written as a text.
    private static string Spelled(string name) =>
        name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') && !char.IsAsciiDigit(name[0])
            ? name
            : LiteralBinder.Quote(name);
}
