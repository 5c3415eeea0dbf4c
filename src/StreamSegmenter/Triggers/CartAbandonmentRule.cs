using StreamSegmenter.Events;

namespace StreamSegmenter.Triggers;

/// <summary>When a cart that fired once may fire again.</summary>
public enum Reentry : byte
{
    /// <summary>Once per cart; a customer's implicit cart is new after it was ordered or emptied.</summary>
    PerNewCart,

    /// <summary>Every new activity arms the deadline again.</summary>
    AtOnce,

    /// <summary>Activity arms again once <see cref="CartAbandonmentRule.CooldownMs"/> passed since the last firing.</summary>
    AfterCooldown,

    /// <summary>Once per customer.</summary>
    Never,
}

/// <summary>One abandonment rule: a cart is abandoned when nothing re-armed its deadline for <see cref="AfterMs"/>.</summary>
/// <param name="Id">Name of the rule, unique, as it appears in triggers.</param>
/// <param name="AfterMs">From the last re-arming event to the deadline, milliseconds; positive.</param>
/// <param name="RearmOn">Event types that re-arm beside those that always do (add, remove, quantity change, checkout
/// steps, failed payment).</param>
/// <param name="RearmOnAny">True: every event of the customer re-arms.</param>
/// <param name="CooldownMs">Only with <see cref="Reentry.AfterCooldown"/>.</param>
/// <param name="TotalMinMinor">Fire only if the cart is worth at least this much (minor units); null: any cart.</param>
/// <param name="ItemsMin">Fire only if the cart holds at least so many items; 0: any cart.</param>
/// <param name="InSegment">Fire only for members of this segment; null: for everyone.</param>
/// <param name="NotInSegment">Never fire for members of this segment; null: for everyone.</param>
/// <param name="Attributes">Names of event properties whose latest value travels with the trigger.</param>
public sealed record CartAbandonmentRule(
    string Id, long AfterMs, IReadOnlyList<EventType> RearmOn, bool RearmOnAny, Reentry Reentry, long CooldownMs,
    long? TotalMinMinor, int ItemsMin, string? InSegment, string? NotInSegment, IReadOnlyList<string> Attributes);
