using StreamSegmenter.Events;

namespace StreamSegmenter.Triggers;

/// <summary>When a cart that fired once may fire again.</summary>
internal enum Reentry : byte
{
    /// <summary>Once per cart; a customer's implicit cart is new after it was ordered, emptied or forgotten.</summary>
    PerNewCart,

    /// <summary>Every new activity arms the deadline again, from the first step.</summary>
    AtOnce,

    /// <summary>Activity arms again once <see cref="CartAbandonmentRule.CooldownMs"/> passed since the last firing for the customer.</summary>
    AfterCooldown,

    /// <summary>Once per customer.</summary>
    Never,
}

/// <summary>At most <paramref name="Max"/> sent triggers of the rule per customer in any period of that length.</summary>
/// <param name="Max">1 to <see cref="TriggerHistory.EntriesMax"/>.</param>
internal sealed record FrequencyCap(int Max, long PeriodMs);

/// <summary>One abandonment rule: a cart is abandoned when nothing re-armed its deadline for as long as a step says.</summary>
/// <param name="Id">Name of the rule, unique, as it appears in triggers.</param>
internal sealed record CartAbandonmentRule(string Id)
{
    /// <summary>The lowest stage that the rule is for. A cart is in the care of the rules with the highest stage that is not
    /// above its own; reaching it cancels what lower ones have pending.</summary>
    public CartStage Stage { get; init; } = CartStage.Cart;

    /// <summary>Escalation: from the last re-arming event to each step's deadline, milliseconds; positive, ascending, 1 to 16.</summary>
    public IReadOnlyList<long> StepsMs { get; init; } = [30 * 60_000];

    /// <summary>Event types that move a pending deadline beside those that always do (add, remove, quantity change, checkout
    /// steps, failed payment).</summary>
    public IReadOnlyList<EventType> RearmOn { get; init; } = [];

    /// <summary>True: every event of the customer moves a pending deadline.</summary>
    public bool RearmOnAny { get; init; }

    public Reentry Reentry { get; init; }

    /// <summary>Only with <see cref="Reentry.AfterCooldown"/>.</summary>
    public long CooldownMs { get; init; }

    /// <summary>Fire only if the cart is worth at least this much (minor units of the shop's currency); null: any cart.</summary>
    public long? TotalMinMinor { get; init; }

    /// <summary>Fire only if the cart is worth at most this much; null: any cart.</summary>
    public long? TotalMaxMinor { get; init; }

    /// <summary>Fire only if the cart holds at least so many items; 0: any cart.</summary>
    public int ItemsMin { get; init; }

    /// <summary>Fire only if the cart holds at most so many items; null: any cart.</summary>
    public int? ItemsMax { get; init; }

    /// <summary>Fire only if some item costs at least this much (minor units of the shop's currency); null: any cart.</summary>
    public long? ItemPriceMinMinor { get; init; }

    /// <summary>Fire only for members of this segment; null: for everyone.</summary>
    public string? InSegment { get; init; }

    /// <summary>Never fire for members of this segment; null: for everyone.</summary>
    public string? NotInSegment { get; init; }

    /// <summary>Names of event properties whose latest value travels with the trigger.</summary>
    public IReadOnlyList<string> Attributes { get; init; } = [];

    public FrequencyCap? FrequencyCap { get; init; }

    public QuietHours? QuietHours { get; init; }

    /// <summary>Share of the customers, in 1/10,000, who are armed and recorded but never sent, so that lift is measurable.
    /// Who is in it depends on rule id and customer alone.</summary>
    public int HoldoutPerTenThousand { get; init; }

    /// <summary>A trigger that is older than this when it would be sent is suppressed; null: never. Held against the clock, so it
    /// does not apply to a replay, which has none.</summary>
    public long? StalenessMaxMs { get; init; }

    /// <summary>An order up to so long after a sent step counts as its recovery; 0 turns recovery records off.</summary>
    public long AttributionMs { get; init; } = 7 * 86_400_000L;

    /// <summary>True: only an order that takes the trigger's cart is its recovery; false: any order of the customer.</summary>
    public bool RecoveredByCart { get; init; }

    /// <summary>True: an order takes all carts of the customer, also when it names one.</summary>
    public bool OrderTakesAllCarts { get; init; }
}
