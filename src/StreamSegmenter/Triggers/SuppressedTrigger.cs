namespace StreamSegmenter.Triggers;

/// <summary>Why a step that fell due was not sent.</summary>
public enum SuppressionReason : byte
{
    TotalTooLow,
    TotalTooHigh,
    TooFewItems,
    TooManyItems,
    ItemsTooCheap,
    NotInSegment,
    InExcludedSegment,

    /// <summary>It fell due in quiet hours and the rule skips those, or it was deferred so long that the next step goes out instead.</summary>
    QuietHours,
    FrequencyCap,
    Holdout,
    Stale,

    /// <summary>Another cart of the customer fired the rule since this one was armed, and its re-entry does not allow both.</summary>
    Reentry,

    /// <summary>The rule has a limit for the total, and the cart has no total in the shop's currency.</summary>
    TotalUnknown,
}

/// <summary>A trigger that was not sent, and why: suppression is said, not silent. Recoveries and retractions in the holdout are
/// recorded here too, with their kind, so that lift is measurable.</summary>
public sealed record SuppressedTrigger(CartAbandoned Trigger, SuppressionReason Reason);
