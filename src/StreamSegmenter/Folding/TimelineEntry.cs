using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Folding;

/// <summary>Something that the engine found of one customer, or will find if nothing happens.</summary>
/// <param name="AtMs">Event time, epoch milliseconds.</param>
internal abstract record TimelineEntry(long AtMs)
{
    /// <summary>In the order of their instants; those of one instant as they came.</summary>
    public static IReadOnlyList<TimelineEntry> InOrder(IEnumerable<TimelineEntry> happenings) =>
        [.. happenings.OrderBy(happening => happening.AtMs)];
}

/// <summary>A trigger was emitted, retracted or recovered. A retraction stands at the instant of the firing that it takes back.</summary>
internal sealed record TriggerRecorded(CartAbandoned Trigger)
    : TimelineEntry(Math.Max(Trigger.FiredAtMs, Trigger.OrderedAtMs ?? Trigger.FiredAtMs));

/// <summary>A step fell due and was not sent.</summary>
internal sealed record TriggerSuppressed(SuppressedTrigger Suppressed)
    : TimelineEntry(Math.Max(Suppressed.Trigger.FiredAtMs, Suppressed.Trigger.OrderedAtMs ?? Suppressed.Trigger.FiredAtMs));

/// <summary>The customer entered or left a segment.</summary>
internal sealed record MembershipChanged(MembershipChange Change) : TimelineEntry(Change.AtMs);

/// <summary>A step fell due in quiet hours and waits for their end.</summary>
internal sealed record StepDeferred(long AtMs, string Rule, int Step, string? CartId, long ToMs) : TimelineEntry(AtMs);

/// <summary>A cart was without activity for the whole horizon.</summary>
internal sealed record CartForgotten(long AtMs, string? CartId) : TimelineEntry(AtMs);
