using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Segments.Language;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Folding;

/// <summary>Everything that the user defines about customers: what a session is, which carts are abandoned, who is in
/// which segment, what is counted. Validated, not yet compiled.</summary>
internal sealed record StorefrontDefinitions
{
    private const long DayMs = 86_400_000;

    /// <summary>The shop's currency: that of prices without one, and the one in which money is compared.</summary>
    public required Currency Currency { get; init; }

    public IReadOnlyList<CartAbandonmentRule> CartAbandonment { get; init; } = [];

    public IReadOnlyList<SegmentDefinition> Segments { get; init; } = [];

    public ConversionDefinition Conversions { get; init; } = new([], [], 0, [], 0);

    /// <summary>A session ends so long after its last event; an event at exactly last + gap belongs to it.</summary>
    public long SessionGapMs { get; init; } = 30 * 60_000;

    /// <summary>Events behind the watermark by at most this much are still applied.</summary>
    public long GraceMs { get; init; } = 5 * 60_000;

    /// <summary>A cart without activity for so long is forgotten; longer than every rule's deadline.</summary>
    public long CartHorizonMs { get; init; } = 30 * DayMs;

    /// <summary>For so long an event id is remembered and its repetition dropped; 0: not at all.</summary>
    public long DeduplicationMs { get; init; } = 10 * 60_000;

    /// <summary>For so long an order is known by its id: reported again, it does not count again; 0: not at all.</summary>
    public long OrdersRememberMs { get; init; } = 30 * DayMs;

    /// <summary>The shop's time zone: whose days, weeks and months segments count in.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>The event property that carries the customer's own zone; null: all customers have the shop's.</summary>
    public string? TimeZoneProperty { get; init; }

    /// <summary>Compiles the segments; null when <paramref name="errors"/> were added.</summary>
    /// <param name="knownEventTypes">Event names that the configuration gives, beside the well-known ones. Another name is
    /// accepted unless it looks like a mistyped known one.</param>
    /// <param name="warnings">Gets what is valid and probably not meant.</param>
    public SegmentProgram? CompileSegments(
        IReadOnlyCollection<string> knownEventTypes, List<DefinitionError> errors, List<DefinitionError>? warnings = null) =>
        SegmentCompiler.Compile(Segments, new ShopSettings(Currency, knownEventTypes, TimeZone, TimeZoneProperty), errors, warnings);
}
