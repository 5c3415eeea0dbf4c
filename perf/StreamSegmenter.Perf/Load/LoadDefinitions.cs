using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Perf.Load;

/// <summary>What the measured engine is asked to do: the whole job, with one rule, four segments that use windows, and conversion panes
/// of an hour by channel.</summary>
internal static class LoadDefinitions
{
    private const long MinuteMs = 60_000;
    private const long HourMs = 60 * MinuteMs;

    public static StorefrontDefinitions Storefront { get; } = new(
        SessionGapMs: 30 * MinuteMs,
        GraceMs: HourMs,
        CartHorizonMs: 24 * HourMs,
        DeduplicationMs: HourMs,
        Currency.TryParse("EUR"u8, out var euro) ? euro : default,
        [new CartAbandonmentRule("abandoned")],
        [
            Segment("buyer", "did(order_completed, 30d)"),
            Segment("engaged", "count(product_viewed, 7d) >= 5"),
            Segment("spender", "sum(order_completed.total, 365d) >= 200"),
            Segment("hesitating", "count(product_added, 1d) >= 2 and not did(order_completed, 1d)"),
        ],
        new ConversionDefinition(
            [HourMs], "channel", 20, [EventTypes.ProductViewed, EventTypes.ProductAdded, EventTypes.CheckoutStarted, EventTypes.OrderCompleted],
            HorizonMs: HourMs));

    private static SegmentDefinition Segment(string id, string when) => new(id, when, "perf", 1, 1);
}
