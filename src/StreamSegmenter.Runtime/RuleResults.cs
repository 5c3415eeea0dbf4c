using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Runtime;

/// <summary>What a step of <see cref="StorefrontRules"/> brought about, each list in the order in which it happened to a customer.</summary>
public sealed record RuleResults
{
    /// <summary>Triggers of cart-abandonment rules: emitted, retracted or recovered.</summary>
    public IReadOnlyList<CartAbandoned> Triggers { get; init; } = [];

    /// <summary>Triggers that fell due and are not sent, with the reason.</summary>
    public IReadOnlyList<SuppressedTrigger> Suppressed { get; init; } = [];

    /// <summary>Segments that a customer entered or left.</summary>
    public IReadOnlyList<MembershipChange> MembershipChanges { get; init; } = [];

    /// <summary>What was wrong in events that were applied nevertheless.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}
