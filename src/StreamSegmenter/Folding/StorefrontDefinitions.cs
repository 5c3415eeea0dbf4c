using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Segments.Language;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Folding;

/// <summary>Everything that the user defines about customers: what a session is, which carts are abandoned, who is in
/// which segment, what is counted. Validated, not yet compiled.</summary>
/// <param name="SessionGapMs">A session ends so long after its last event; an event at exactly last + gap belongs to it.</param>
/// <param name="GraceMs">Events behind the watermark by at most this much are still applied.</param>
/// <param name="CartHorizonMs">A cart without activity for so long is forgotten; longer than every rule's deadline.</param>
/// <param name="DeduplicationMs">For so long an event id is remembered and its repetition dropped; 0: not at all.</param>
/// <param name="Currency">The shop's currency: that of prices without one, and the one in which money is compared.</param>
internal sealed record StorefrontDefinitions(
    long SessionGapMs,
    long GraceMs,
    long CartHorizonMs,
    long DeduplicationMs,
    Currency Currency,
    IReadOnlyList<CartAbandonmentRule> CartAbandonment,
    IReadOnlyList<SegmentDefinition> Segments,
    ConversionDefinition Conversions)
{
    /// <summary>For so long an order is known by its id: reported again, it does not count again; 0: not at all.</summary>
    public long OrdersRememberMs { get; init; } = 30 * 86_400_000L;

    /// <summary>Compiles the segments; null when <paramref name="errors"/> were added.</summary>
    /// <param name="knownEventTypes">Event names that the configuration gives, beside the well-known ones.</param>
    public SegmentProgram? CompileSegments(IReadOnlyCollection<string> knownEventTypes, List<DefinitionError> errors) =>
        SegmentCompiler.Compile(Segments, Currency, knownEventTypes, errors);
}
