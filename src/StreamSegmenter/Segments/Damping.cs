using System.Runtime.InteropServices;
using StreamSegmenter.Aggregates;
using StreamSegmenter.Customers;

namespace StreamSegmenter.Segments;

/// <summary>Keeps a customer from entering and leaving a segment all the time: a member stays at least <c>minStay</c>, and does not come back
/// within <c>cooldown</c> after an exit. At the end of either the expression decides. In the aggregate area:
/// <code>
/// since when the expression answers otherwise i64, 0 while it does not · last exit i64, 0 for none
/// </code></summary>
internal sealed class Damping(long minStayMs, long cooldownMs, int offset)
{
    public const int Bytes = 2 * sizeof(long);

    /// <summary>The expression's answer, held back where it has to be.</summary>
    public ConditionResult Apply(CustomerRecord record, in MembershipSlot slot, ConditionResult answer, long nowMs)
    {
        var state = State(record);
        if (answer.Holds == slot.IsMember)
        {
            state[0] = 0;
            return answer;
        }

        var untilMs = HeldUntilMs(record, in slot);
        if (nowMs < untilMs)
        {
            state[0] = state[0] == 0 ? nowMs : state[0];
            return new ConditionResult(slot.IsMember, Math.Min(answer.NextMs, untilMs));
        }

        state[0] = 0;
        state[1] = slot.IsMember ? nowMs : state[1];
        return answer;
    }

    /// <summary>Until when the membership is held as it is; 0: it is not held.</summary>
    public long HeldUntilMs(CustomerRecord record, in MembershipSlot slot)
    {
        var exitMs = State(record)[1];
        return slot.IsMember ? (minStayMs == 0 ? 0 : slot.SinceMs + minStayMs) : exitMs == 0 || cooldownMs == 0 ? 0 : exitMs + cooldownMs;
    }

    /// <summary>Since when the expression answers otherwise than the membership says; 0 while it does not.</summary>
    public long OtherwiseSinceMs(CustomerRecord record) => State(record)[0];

    private Span<long> State(CustomerRecord record) => MemoryMarshal.Cast<byte, long>(record.Aggregates.Slice(offset, Bytes));
}
