using StreamSegmenter.Customers;
using StreamSegmenter.Events;
using StreamSegmenter.Time;

namespace StreamSegmenter.Aggregates;

internal enum PredicateOp : byte
{
    And,
    Or,
    Not,
    True,
    False,
    Number,
    Text,
    Boolean,
    EventType,
    Currency,
    Exists,
}

/// <summary>One step of a predicate, in postfix order.</summary>
/// <param name="Number">The constant: a value of the field's type, an event type's id, a packed currency, 0 or 1.</param>
/// <param name="Text">Null unless a text is tested.</param>
internal readonly record struct PredicateStep(
    PredicateOp Op, Comparison Comparison = default, EventField Field = default, long Number = 0, TextTest? Text = null);

/// <summary>What stands behind <c>where</c>, compiled. A comparison with a field that the event lacks is false, also
/// <c>!=</c>. Of a field with several values (a list, the products of an event with items) one that passes is enough. The stack is the bits of one number.</summary>
/// <param name="calendar">Null where no step asks for a day or an hour.</param>
internal sealed class EventPredicate(PredicateStep[] steps, Currency currency, CustomerCalendar? calendar = null)
{
    /// <summary>More intermediate answers than this do not fit.</summary>
    public const int StackDepthMax = 64;

    /// <summary>The properties that it looks at.</summary>
    public IEnumerable<string> PropertyNames => steps.Where(step => step.Field.Kind == FieldKind.Property).Select(step => step.Field.Name);

    /// <summary>Whether the answer depends on the calendar.</summary>
    public bool AsksForCalendar => calendar is not null;

    /// <param name="record">The customer, whose zone may be known; null where there is none.</param>
    public bool Holds(in StorefrontEvent e, EventBatch batch, CustomerRecord? record = null)
    {
        ulong stack = 0;
        foreach (ref readonly var step in steps.AsSpan())
        {
            switch (step.Op)
            {
                case PredicateOp.And:
                    stack = (stack >> 1) & (stack | ~1UL);
                    break;
                case PredicateOp.Or:
                    stack = (stack >> 1) | (stack & 1);
                    break;
                case PredicateOp.Not:
                    stack ^= 1;
                    break;
                default:
                    stack = (stack << 1) | (Test(in step, in e, batch, record) ? 1UL : 0);
                    break;
            }
        }

        return (stack & 1) != 0;
    }

    private bool Test(in PredicateStep step, in StorefrontEvent e, EventBatch batch, CustomerRecord? record)
    {
        if (step.Field.Kind == FieldKind.Property && step.Op is PredicateOp.Number or PredicateOp.Text or PredicateOp.Boolean)
        {
            return TestProperty(in step, in e, batch);
        }

        if (!e.Lines.IsEmpty && step.Field.IsOfLine && step.Op is PredicateOp.Number or PredicateOp.Text or PredicateOp.Exists)
        {
            return TestLines(in step, in e, batch);
        }

        switch (step.Op)
        {
            case PredicateOp.True:
                return true;
            case PredicateOp.Number when step.Field.IsOfCalendar:
                var clock = calendar!.Of(record);
                var shown = step.Field.Kind == FieldKind.Hour ? clock.HourOf(e.EventTimeMs) : LocalClock.WeekdayOf(clock.DayOf(e.EventTimeMs));
                return step.Comparison.Holds(((long)shown).CompareTo(step.Number));
            case PredicateOp.Number:
                return step.Field.TryReadNumber(in e, batch, currency, out var number)
                    && step.Comparison.Holds(number.CompareTo(step.Number));
            case PredicateOp.EventType:
                return step.Comparison.Holds(((long)e.Type.Id).CompareTo(step.Number));
            case PredicateOp.Currency:
                return !e.Currency.IsNone && step.Comparison.Holds(((long)e.Currency.Packed).CompareTo(step.Number));
            case PredicateOp.Exists:
                return step.Field.IsPresent(in e, batch);
            case PredicateOp.False:
                return false;
            default:
                return step.Text!.Holds(step.Field.ReadText(in e, batch));
        }
    }

    // A property that is a list has as many values as elements: one that passes is enough.
    private static bool TestProperty(in PredicateStep step, in StorefrontEvent e, EventBatch batch)
    {
        var values = batch.Properties(in e);
        while (step.Field.NextValue(ref values))
        {
            if (Passes(in step, in values))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether one value of a property passes.</summary>
    public static bool Passes(in PredicateStep step, in PropertyReader value) => value.Kind switch
    {
        _ when step.Op == PredicateOp.Exists => true,
        PropertyKind.Number => step.Op == PredicateOp.Number && AggregateTypes.TryToMicros(value.Number, out var micros)
            && step.Comparison.Holds(micros.CompareTo(step.Number)),
        PropertyKind.Boolean => step.Op == PredicateOp.Boolean && step.Comparison.Holds((value.Boolean ? 1L : 0).CompareTo(step.Number)),
        _ => step.Op == PredicateOp.Text && step.Text!.Holds(value.Text),
    };

    // The same for the products of a cart or an order that came with its items.
    private bool TestLines(in PredicateStep step, in StorefrontEvent e, EventBatch batch)
    {
        var lines = batch.Lines(in e);
        while (lines.Read())
        {
            var holds = step.Field.Kind switch
            {
                FieldKind.ProductId or FieldKind.Category => Test(
                    in step, step.Field.Kind == FieldKind.ProductId ? lines.ProductId : lines.Category),
                FieldKind.Quantity => Test(in step, lines.Quantity),
                _ => Test(in step, e.Currency == currency || e.Currency.IsNone ? lines.PriceMinor : null),
            };
            if (holds)
            {
                return true;
            }
        }

        return false;
    }

    private static bool Test(in PredicateStep step, ReadOnlySpan<byte> text) =>
        step.Op == PredicateOp.Exists ? !text.IsEmpty : step.Op == PredicateOp.Text && step.Text!.Holds(text);

    private static bool Test(in PredicateStep step, long? number) => number is { } value
        && (step.Op == PredicateOp.Exists || (step.Op == PredicateOp.Number && step.Comparison.Holds(value.CompareTo(step.Number))));
}
