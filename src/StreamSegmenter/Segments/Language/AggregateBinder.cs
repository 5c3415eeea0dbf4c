using StreamSegmenter.Aggregates;
using StreamSegmenter.Events;
using StreamSegmenter.Windows;

namespace StreamSegmenter.Segments.Language;

/// <param name="Type">The type of what the expression sees: for <c>since_last</c> a duration.</param>
/// <param name="Text">Canonical.</param>
internal sealed record BoundAggregate(AggregateRead Read, AggregateType Type, string Text);

/// <summary>Makes aggregates of the aggregates that an expression mentions.</summary>
internal sealed class AggregateBinder(ErrorSink errors, Currency currency, EventNames names, AggregateTable aggregates)
{
    /// <summary>The aggregate over its aggregate; null after an error was added.</summary>
    /// <param name="comparedWith">Decides whether a property is read as a number, a text or a truth value.</param>
    public BoundAggregate? Bind(AggregateNode node, SyntaxNode? comparedWith)
    {
        var kind = KindOf(node.Function);
        var isTime = kind is AggregateKind.FirstTime or AggregateKind.LastTime;
        var isExact = isTime || kind is AggregateKind.First or AggregateKind.Last;
        if (!names.TryResolve(node.Event, errors, out var eventType)
            || !TryBindField(node, kind, out var field)
            || !TryBindWindow(node, isExact, out var window))
        {
            return null;
        }

        EventPredicate? where = null;
        var selection = eventType is { } known ? Spelled(EventTypes.NameOf(known)) : Vocabulary.AnyEvent;
        selection += field.Kind == FieldKind.None ? "" : "." + field.Text;
        if (node.Where is not null)
        {
            if (PredicateBinder.Bind(node.Where, errors, currency, names) is not { } predicate)
            {
                return null;
            }

            where = predicate.Predicate;
            selection += " where " + predicate.Canonical;
        }

        var type = TypeOf(kind, field, comparedWith);
        var windowText = node.Window is null ? "" : ", " + DurationText.Format(node.Window.Ms);
        var pane = window is { } cut && !isExact ? $", pane: {DurationText.Format(cut.PaneMs)}" : "";
        var text = $"{node.Function}({selection}{windowText}{pane})";
        var canonical = !isExact ? text : (kind, type) switch
        {
            (AggregateKind.FirstTime, _) => $"first_time({selection})",
            (AggregateKind.LastTime, _) => $"last_time({selection})",
            (_, AggregateType.Text or AggregateType.Boolean) =>
                $"{node.Function}({selection}) as {(type == AggregateType.Text ? "text" : "truth")}",
            _ => $"{node.Function}({selection})",
        };
        var aggregate = aggregates.Share(new AggregateSpec(kind, eventType, field, where, isExact ? null : window, type, canonical));
        if (aggregate is null)
        {
            errors.Report(node.At, $"the definitions need more than {AggregateTable.TraitsMax} different aggregates");
            return null;
        }

        var windowMs = isExact && node.Window is not null ? node.Window.Ms : long.MaxValue;
        return new BoundAggregate(new AggregateRead(aggregate, windowMs), isTime ? AggregateType.Duration : type, text);
    }

    private bool TryBindField(AggregateNode node, AggregateKind kind, out EventField field)
    {
        field = default;
        var needsField = kind is not (AggregateKind.Count or AggregateKind.FirstTime or AggregateKind.LastTime);
        if (needsField != node.Field is not null)
        {
            var example = kind is AggregateKind.Distinct ? "product_id" : "total";
            errors.Report(node.Field?.At ?? node.At, needsField
                ? $"{node.Function} needs a field: {node.Function}({node.Event.Value}.{example})"
                : $"{node.Function} looks at whole events and takes no field: {node.Function}({node.Event.Value})");
            return false;
        }

        if (node.Field is null)
        {
            return true;
        }

        if (PredicateBinder.FieldOf(node.Field, errors) is not { } known)
        {
            return false;
        }

        if (known.Kind == FieldKind.EventTime)
        {
            errors.Report(node.Field.At, $"{node.Function} does not look at event_time; since_last({node.Event.Value}) and "
                + $"since_first({node.Event.Value}) say how long ago an event was, and 'where' compares its time with a date");
            return false;
        }

        field = known;
        var isKept = kind is AggregateKind.First or AggregateKind.Last;
        if (kind == AggregateKind.Distinct || !known.IsText
            || (isKept && known.Kind is not (FieldKind.EventType or FieldKind.Currency)))
        {
            return true;
        }

        errors.Report(node.Field.At, isKept
            ? $"{node.Function} cannot keep '{known.Name}'; it keeps numbers, other texts and properties"
            : $"'{known.Name}' is a text; {node.Function} needs a number: price, total, quantity or a property");
        return false;
    }

    private bool TryBindWindow(AggregateNode node, bool isExact, out SlidingWindow? window)
    {
        window = null;
        if (node.Pane is not null && (isExact || node.Window is null))
        {
            errors.Report(node.Pane.At, isExact
                ? $"{node.Function} is exact and takes no pane"
                : "a pane cuts a window; write the window before it: 7d, pane: 1h");
            return false;
        }

        if (node.Window is null)
        {
            return true;
        }

        if (node.Window.Ms == 0 || node.Function is "since_first" or "first")
        {
            errors.Report(node.Window.At, node.Window.Ms == 0
                ? "a window is longer than 0"
                : $"{node.Function} looks at the customer's whole history and takes no window");
            return false;
        }

        window = SlidingWindow.WithDefaultPane(node.Window.Ms);
        if (node.Pane is null)
        {
            return true;
        }

        window = new SlidingWindow(node.Window.Ms, node.Pane.Ms);
        if (SlidingWindow.IsPaneOf(node.Pane.Ms, node.Window.Ms))
        {
            return true;
        }

        var nearest = DurationText.Format(SlidingWindow.NearestPaneMs(node.Pane.Ms, node.Window.Ms));
        errors.Report(node.Pane.At, $"a pane of {DurationText.Format(node.Pane.Ms)} does not cut a window of "
            + $"{DurationText.Format(node.Window.Ms)} into 1 to {SlidingWindow.PanesMax} equal parts. "
            + $"The nearest that does is {nearest}");
        return false;
    }

    private static AggregateKind KindOf(string function) => function switch
    {
        "count" => AggregateKind.Count,
        "sum" => AggregateKind.Sum,
        "avg" => AggregateKind.Average,
        "min" => AggregateKind.Min,
        "max" => AggregateKind.Max,
        "distinct" => AggregateKind.Distinct,
        "first" => AggregateKind.First,
        "last" => AggregateKind.Last,
        "since_first" => AggregateKind.FirstTime,
        _ => AggregateKind.LastTime,
    };

    private static AggregateType TypeOf(AggregateKind kind, EventField field, SyntaxNode? comparedWith) => field.Kind switch
    {
        _ when kind == AggregateKind.Distinct => AggregateType.Integer,
        FieldKind.Property when kind is AggregateKind.First or AggregateKind.Last => comparedWith switch
        {
            TextNode => AggregateType.Text,
            BooleanNode => AggregateType.Boolean,
            _ => AggregateType.Micro,
        },
        _ when field.IsText => AggregateType.Text,
        FieldKind.Price or FieldKind.Total => AggregateType.Money,
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
