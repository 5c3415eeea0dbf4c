namespace StreamSegmenter.Triggers;

/// <summary>A cart that is neither ordered, emptied nor forgotten.</summary>
/// <param name="CartId">Null for the customer's one implicit cart.</param>
/// <param name="ForgottenMs">When the cart is forgotten if nothing happens in it.</param>
internal sealed record CartView(
    string? CartId, CartStage Stage, long CreatedMs, long LastActivityMs, long ForgottenMs, IReadOnlyList<CartLine> Lines,
    string? Currency, IReadOnlyList<DeadlineView> Deadlines);

/// <summary>What one rule has done and will do with a cart.</summary>
/// <param name="ArmedMs">What the deadline is counted from; null when disarmed.</param>
/// <param name="DueMs">The deadline; null when disarmed.</param>
/// <param name="FiredMs">The deadline that fired last; null when none did.</param>
/// <param name="Step">The escalation step that is pending, from 1; null when disarmed.</param>
internal sealed record DeadlineView(string Rule, int? Step, long? ArmedMs, long? DueMs, long? FiredMs)
{
    /// <summary>The step's own deadline, where it fell into quiet hours and <see cref="DueMs"/> is their end; null: it did not.</summary>
    public long? DeferredFromMs { get; init; }
}

/// <summary>A trigger that was sent and is still remembered, for retraction, recovery and the frequency cap.</summary>
/// <param name="Rule">Null when the definitions no longer have the rule.</param>
/// <param name="IsHoldout">Recorded, not sent.</param>
internal sealed record SentTriggerView(
    string TriggerId, string? Rule, int Step, CartStage Stage, string? CartId, long ArmedMs, long FiredMs, bool IsHoldout,
    bool IsRetracted, bool IsRecovered);
