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
    QuietHours,
    FrequencyCap,
    Holdout,
    Stale,

    /// <summary>Another cart of the customer fired the rule since this one was armed, and its re-entry does not allow both.</summary>
    Reentry,
}

/// <summary>A trigger that was not sent, and why: suppression is said, not silent. A recovery in the holdout is recorded here
/// too, with the kind <see cref="TriggerKind.Recovered"/>, so that lift is measurable.</summary>
public sealed record SuppressedTrigger(CartAbandoned Trigger, SuppressionReason Reason);
