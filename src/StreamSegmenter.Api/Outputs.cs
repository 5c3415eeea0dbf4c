namespace StreamSegmenter.Api;

/// <summary>The newest records first.</summary>
/// <param name="Since">Older records than this are not at hand: the output topics have them. Null: there are none at all.</param>
public sealed record OutputPage<T>(DateTime? Since, IReadOnlyList<T> Records);

/// <param name="Kind"><c>emitted</c>, <c>retracted</c>, <c>recovered</c> or <c>suppressed</c>; null: all.</param>
public sealed record TriggerQuery(string? Rule = null, string? Kind = null, string? Reason = null, string? CustomerId = null, int Limit = 100);

/// <summary>A trigger, as its topic has it; or one that was suppressed.</summary>
/// <param name="Kind"><c>emitted</c>, <c>retracted</c>, <c>recovered</c> or <c>suppressed</c>.</param>
/// <param name="SuppressedKind">Of a suppressed one: the kind that it would have had.</param>
/// <param name="Reason">Why it was suppressed; null for the others.</param>
/// <param name="Why">The same in a sentence, with the rule's figures.</param>
public sealed record TriggerRecord(
    string TriggerId, string Rule, string RuleVersion, string Kind, string? SuppressedKind, string? Reason, string? Why, int Step, string Stage,
    string CustomerId, string? CartId, IReadOnlyList<CartItem> Lines, long? TotalMinor, string? Currency, DateTime CartCreatedAt,
    DateTime LastActivityAt, DateTime FiredAt, string? OrderId, DateTime? OrderedAt, long? RevenueMinor, string? RevenueCurrency,
    IReadOnlyDictionary<string, string> Attributes);

public sealed record MembershipRecord(
    string Segment, string DefinitionVersion, string Kind, string CustomerId, DateTime At, DateTime Since, IReadOnlyList<TraitReport> Traits);

/// <param name="Kind"><c>refused</c>, or <c>partial</c>: applied without what the reason names.</param>
/// <param name="Value">The record's beginning, where it is text.</param>
public sealed record DeadLetterRecord(string Source, int Partition, long Offset, string Kind, string Reason, string? CustomerId, string? Value);

/// <param name="Since">Counted from here on, event time.</param>
public sealed record RuleList(DateTime? Since, IReadOnlyList<RuleSummary> Rules);

/// <summary>What became of a rule's triggers.</summary>
/// <param name="Recovered">Triggers after which the customer ordered.</param>
/// <param name="RecoveredMinor">Revenue of those orders in the shop's currency.</param>
/// <param name="Suppressed">By reason.</param>
/// <param name="HeldOut">Customers' triggers that were recorded and never sent, to compare with.</param>
/// <param name="HeldOutRecovered">Those of them after which the customer ordered all the same.</param>
/// <param name="Lift">Recovery rate of what was sent less that of what was held out; null without a holdout.</param>
public sealed record RuleSummary(
    string Rule, IReadOnlyList<long> StepsMs, string Stage, long Emitted, long Retracted, long Recovered,
    long RecoveredMinor, string? Currency, IReadOnlyDictionary<string, long> Suppressed, long HeldOut, long HeldOutRecovered, double? Lift,
    IReadOnlyList<RuleFlow> Flows);

/// <summary>One minute of event time.</summary>
public sealed record RuleFlow(DateTime Minute, long Emitted, long Suppressed, long Recovered);
