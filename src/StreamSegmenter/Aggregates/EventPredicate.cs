using StreamSegmenter.Events;

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
    Contains,
    StartsWith,
    EndsWith,
    Exists,
}

/// <summary>One step of a predicate, in postfix order.</summary>
/// <param name="Number">The constant: a value of the field's type, an event type's id, a packed currency, 0 or 1.</param>
/// <param name="Text">The constant in UTF-8; empty unless a text is compared.</param>
internal readonly record struct PredicateStep(
    PredicateOp Op, Comparison Comparison = default, EventField Field = default, long Number = 0, byte[]? Text = null);

/// <summary>What stands behind <c>where</c>, compiled. A comparison with a field that the event lacks is false, also
/// <c>!=</c>. The stack is the bits of one number: it holds one for each open parenthesis, of which the
/// parser allows 32.</summary>
internal sealed class EventPredicate(PredicateStep[] steps, Currency currency)
{
    public bool Holds(in StorefrontEvent e, EventBatch batch)
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
                    stack = (stack << 1) | (Test(in step, in e, batch) ? 1UL : 0);
                    break;
            }
        }

        return (stack & 1) != 0;
    }

    private bool Test(in PredicateStep step, in StorefrontEvent e, EventBatch batch)
    {
        switch (step.Op)
        {
            case PredicateOp.True:
                return true;
            case PredicateOp.Number:
                return step.Field.TryReadNumber(in e, batch, currency, out var number)
                    && step.Comparison.Holds(number.CompareTo(step.Number));
            case PredicateOp.EventType:
                return step.Comparison.Holds(((long)e.Type.Id).CompareTo(step.Number));
            case PredicateOp.Currency:
                return !e.Currency.IsNone && step.Comparison.Holds(((long)e.Currency.Packed).CompareTo(step.Number));
            case PredicateOp.Boolean:
                return step.Field.TryFindProperty(in e, batch, out var property)
                    && property.Kind == PropertyKind.Boolean
                    && step.Comparison.Holds((property.Boolean ? 1L : 0).CompareTo(step.Number));
            case PredicateOp.Exists:
                return step.Field.IsPresent(in e, batch);
            case PredicateOp.False:
                return false;
            default:
                return TestText(in step, step.Field.ReadText(in e, batch));
        }
    }

    private static bool TestText(in PredicateStep step, ReadOnlySpan<byte> text) => !text.IsEmpty && step.Op switch
    {
        PredicateOp.Contains => text.IndexOf(step.Text) >= 0,
        PredicateOp.StartsWith => text.StartsWith(step.Text),
        PredicateOp.EndsWith => text.EndsWith(step.Text),
        _ => step.Comparison.Holds(text.SequenceCompareTo(step.Text)),
    };
}
