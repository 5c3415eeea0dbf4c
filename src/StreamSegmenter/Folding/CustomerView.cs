using StreamSegmenter.Customers;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Folding;

/// <summary>One customer's state, spelled out for a person. Times are epoch milliseconds of event time; null: never.</summary>
/// <param name="AtMs">The instant of this view: the latest one for which the customer was evaluated.</param>
/// <param name="NextDueMs">The earliest instant at which something changes if nothing happens; null: nothing will.</param>
internal sealed record CustomerView(
    string CustomerId, long AtMs, long FirstSeenMs, long LastSeenMs, SessionView Session, long Sessions, long Orders,
    long RevenueMinor, long? LastOrderMs, IReadOnlyList<CartView> Carts,
    IReadOnlyList<SentTriggerView> SentTriggers, IReadOnlyList<SegmentExplanation> Segments, long? NextDueMs);
