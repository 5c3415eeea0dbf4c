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
    Exists,
}

/// <summary>One step of a predicate, in postfix order.</summary>
/// <param name="Number">The constant: a value of the field's type, an event type's id, a packed currency, 0 or 1.</param>
/// <param name="Text">Null unless a text is tested.</param>
internal readonly record struct PredicateStep(
    PredicateOp Op, Comparison Comparison = default, EventField Field = default, long Number = 0, TextTest? Text = null);

/// <summary>What stands behind <c>where</c>, compiled. A comparison with a field that the event lacks is false, also
/// <c>!=</c>. The stack is the bits of one number.</summary>
internal sealed class EventPredicate(PredicateStep[] steps, Currency currency)
{
    /// <summary>More intermediate answers than this do not fit.</summary>
    public const int StackDepthMax = 64;

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
                return step.Text!.Holds(step.Field.ReadText(in e, batch));
        }
    }
}
