namespace StreamSegmenter.Api;

/// <summary>One customer at an instant: state, why, what was, and what comes if nothing happens.</summary>
/// <param name="At">The instant of this view.</param>
/// <param name="Watermark">Up to here the engine has seen everything about the customer that was not late.</param>
/// <param name="NextDueAt">The earliest instant at which something changes with no event; null: nothing will.</param>
/// <param name="Past">What the engine emitted and suppressed, as far back as the output topics reach.</param>
/// <param name="Expected">Output still to come up to <paramref name="At"/>, for an instant that the engine has not reached.</param>
/// <param name="Next">What happens behind it if nothing happens.</param>
public sealed record CustomerReport(
    string CustomerId, DateTime At, DateTime Watermark, int Partition, DateTime FirstSeenAt, DateTime LastSeenAt, long Sessions, long Orders,
    long RevenueMinor, string? Currency, DateTime? LastOrderAt, SessionReport Session, IReadOnlyList<CartReport> Carts,
    IReadOnlyList<MembershipReport> Segments, DateTime? NextDueAt, DateTime? PastFrom, IReadOnlyList<TimelineItem> Past, IReadOnlyList<TimelineItem> Expected,
    IReadOnlyList<TimelineItem> Next);

/// <param name="EndsAt">An event after this begins another session.</param>
public sealed record SessionReport(DateTime StartedAt, DateTime LastEventAt, DateTime EndsAt, long Events, int FunnelSteps, bool HasCart, bool HasOrder);

public sealed record CartReport(
    string? CartId, string Stage, DateTime CreatedAt, DateTime LastActivityAt, DateTime ForgottenAt, long? TotalMinor, string? Currency,
    IReadOnlyList<CartItem> Lines, IReadOnlyList<DeadlineReport> Deadlines);

public sealed record CartItem(string ProductId, int Quantity, long? PriceMinor);

/// <summary>What one rule has done and will do with a cart.</summary>
/// <param name="DueAt">When the step fires; null: the rule is not armed.</param>
/// <param name="DeferredFrom">The step's own deadline, where it fell into quiet hours; null: it did not.</param>
/// <param name="FiredAt">The deadline that fired last; null: none did.</param>
/// <param name="HeldOut">What fired is recorded and was not sent: the customer is in the rule's holdout.</param>
public sealed record DeadlineReport(string Rule, int? Step, DateTime? ArmedAt, DateTime? DueAt, DateTime? DeferredFrom, DateTime? FiredAt, bool HeldOut);

/// <param name="Since">When the membership began; null: not a member.</param>
/// <param name="ChangesAt">The earliest instant at which time alone may change the answer; null: never.</param>
/// <param name="HeldUntil">Until then the change is held back by <c>minStay</c> or <c>cooldown</c>.</param>
public sealed record MembershipReport(
    string Segment, string? Name, bool Member, DateTime? Since, DateTime? ChangesAt, DateTime? HeldUntil, string When, IReadOnlyList<TraitReport> Traits);

public sealed record TraitReport(string Trait, string Value);

/// <summary>Something that happened to a customer, or will.</summary>
/// <param name="What"><c>trigger</c>, <c>retracted</c>, <c>recovered</c>, <c>suppressed</c>, <c>entered</c>, <c>exited</c>, <c>deferred</c> or <c>forgotten</c>.</param>
/// <param name="Subject">The rule or the segment; null for a forgotten cart.</param>
/// <param name="Why">The reason in a sentence, with the rule's own figures.</param>
public sealed record TimelineItem(
    DateTime At, string What, string? Subject, int? Step, string? CartId, string? TriggerId, long? AmountMinor, string? Currency, string? Reason, string? Why);
