using StreamSegmenter.Conversions;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Perf.Load;

/// <summary>What the measured engine is asked to do: the whole job, with one rule, four segments that use windows, and conversion panes
/// of an hour by channel.</summary>
internal static class LoadDefinitions
{
    private const long HourMs = 3_600_000;

    public static StorefrontDefinitions Storefront { get; } = new()
    {
        Currency = Currency.TryParse("EUR"u8, out var euro) ? euro : default,
        GraceMs = HourMs,
        CartHorizonMs = 24 * HourMs,
        DeduplicationMs = HourMs,
        CartAbandonment = [new CartAbandonmentRule("abandoned")],
        Segments =
        [
            Segment("buyer", "did(order_completed, 30d)"),
            Segment("engaged", "count(product_viewed, 7d) >= 5"),
            Segment("spender", "sum(order_completed.total, 365d) >= 200"),
            Segment("hesitating", "count(product_added, 1d) >= 2 and not did(order_completed, 1d)"),
        ],
        Conversions = new ConversionDefinition(
            [HourMs], ["channel"], 20, [EventTypes.ProductViewed, EventTypes.ProductAdded, EventTypes.CheckoutStarted, EventTypes.OrderCompleted],
            HorizonMs: HourMs),
    };

    /// <summary>The one version of them that the measured engine knows.</summary>
    public static DefinitionVersions Versions()
    {
        var errors = new List<DefinitionError>();
        return Storefront.CompileSegments([], errors) is { } segments
            ? new DefinitionVersions(DefinitionVersion.OfFile(Storefront, segments))
            : throw new InvalidOperationException(string.Join(Environment.NewLine, errors));
    }

    private static SegmentDefinition Segment(string id, string when) => new(id, when, "perf", 1, 1);
}
