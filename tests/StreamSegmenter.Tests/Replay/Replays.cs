using StreamSegmenter.Connectors.Files;
using StreamSegmenter.Connectors.Replay;
using StreamSegmenter.Conversions;
using StreamSegmenter.Engine.Options;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Replay;

/// <summary>Makes replays for tests: one cart rule, a few segments, the whole engine behind them.</summary>
internal static class Replays
{
    public static CartAbandonmentRule Rule(long afterSeconds, bool rearmOnAny = false, Reentry reentry = Reentry.AtOnce) =>
        new("abandoned-cart") { StepsMs = [afterSeconds * 1000], RearmOnAny = rearmOnAny, Reentry = reentry, AttributionMs = 0 };

    public static StorefrontDefinitions Definitions(CartAbandonmentRule rule, params SegmentDefinition[] segments) => new()
    {
        Currency = Euro(),
        CartAbandonment = [rule],
        Segments = segments,
        Conversions = new ConversionDefinition(
            [3_600_000, 86_400_000], [], 100,
            [EventTypes.ProductViewed, EventTypes.ProductAdded, EventTypes.OrderCompleted], 86_400_000),
    };

    public static ReplayResult Run(
        StorefrontDefinitions definitions, IReadOnlyList<FileInput> inputs, int lanes = 2, bool drain = false,
        long outOfOrdernessMs = 2000, int shards = 8, long? untilMs = null, string? customer = null)
    {
        var options = new EngineOptions
        {
            Inputs = [.. inputs.Select(input => new InputTiming(input.Name, outOfOrdernessMs))],
            MaxClockSkewMs = null,
            StateMemoryBytes = 64 << 20,
        };
        var plan = new ReplayPlan
        {
            Definitions = definitions,
            Segments = Compile(definitions),
            Options = options,
            Inputs = inputs,
            Lanes = lanes,
            Shards = shards,
            Drain = drain,
            UntilMs = untilMs,
            Customer = customer,
        };
        return new ReplayRunner(plan, TimeProvider.System).Run(default);
    }

    public static SegmentProgram Compile(StorefrontDefinitions definitions)
    {
        var errors = new List<DefinitionError>();
        var segments = definitions.CompileSegments([], errors);
        Assert.Empty(errors);
        return segments!;
    }

    private static Currency Euro() => Currency.TryParse("EUR", out var euro) ? euro : default;
}
