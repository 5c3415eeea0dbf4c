using StreamSegmenter.Conversions;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Testing.Reference;

/// <summary>A random history of a few customers under random rules, all from one seed. Times are small and often equal, so that
/// events meet deadlines and session ends to the millisecond.</summary>
internal sealed class Scenario
{
    private static readonly EventType[] Types =
    [
        EventTypes.ProductViewed, EventTypes.ProductViewed, EventTypes.ProductAdded, EventTypes.ProductAdded,
        EventTypes.ProductAdded, EventTypes.ProductRemoved, EventTypes.QuantityChanged, EventTypes.CheckoutStarted,
        EventTypes.PaymentFailed, EventTypes.OrderCompleted, EventTypes.PageViewed,
    ];

    private readonly Random _random;

    public Scenario(int seed)
    {
        _random = new Random(seed);
        OutOfOrdernessMs = Pick(0L, 80, 400, 2000);
        Definitions = MakeDefinitions() with { DeduplicationMs = seed % 2 * 5000 };
        Facts = MakeFacts();
        Segments = Compile(Definitions);
        _random = new Random(unchecked(seed * 16_777_619));
        Later = MakeLater();
    }

    /// <summary>A history that a test brings along.</summary>
    public Scenario(
        StorefrontDefinitions definitions, long outOfOrdernessMs, IReadOnlyList<Fact> facts, IReadOnlyList<DefinitionVersion>? later = null)
    {
        _random = new Random(0);
        OutOfOrdernessMs = outOfOrdernessMs;
        Definitions = definitions;
        Facts = facts;
        Segments = Compile(definitions);
        Later = later ?? [];
    }

    public long OutOfOrdernessMs { get; }

    public StorefrontDefinitions Definitions { get; }

    public SegmentProgram Segments { get; }

    public IReadOnlyList<Fact> Facts { get; }

    /// <summary>Definitions that take over while it goes on.</summary>
    public IReadOnlyList<DefinitionVersion> Later { get; private set; }

    /// <summary>All of them, the first ones included.</summary>
    public DefinitionVersions AllVersions()
    {
        var versions = new DefinitionVersions(DefinitionVersion.OfFile(Definitions, Segments));
        foreach (var version in Later)
        {
            versions.Add(version);
        }

        return versions;
    }

    public IEnumerable<string> Customers => Facts.Select(fact => fact.Customer).Distinct().Order(StringComparer.Ordinal);

    /// <summary>The same rules and a part of the history: for making a failing run smaller.</summary>
    public Scenario With(IReadOnlyList<Fact> facts) => new(Definitions, OutOfOrdernessMs, facts, Later);

    /// <summary>The same history under the first definitions alone.</summary>
    public Scenario WithoutChanges() => new(Definitions, OutOfOrdernessMs, Facts);

    private static SegmentProgram Compile(StorefrontDefinitions definitions)
    {
        var errors = new List<DefinitionError>();
        var segments = definitions.CompileSegments([], errors);
        Assert.Empty(errors);
        return segments!;
    }

    private StorefrontDefinitions MakeDefinitions() => new()
    {
        // In this order: what a seed stands for is the order in which it is asked.
        GraceMs = Pick(0L, 100),
        CartHorizonMs = Pick(700L, 3000),
        CartAbandonment = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(MakeRule)],
        Conversions = new ConversionDefinition(
            [500, 2000], ["channel", "channel+product_id", "first_order_month"], 100, [EventTypes.ProductViewed, EventTypes.ProductAdded, EventTypes.OrderCompleted],
            Pick(0L, 600, 5000)),
        Currency = Fact.CurrencyOf("EUR"),
        Segments =
        [
            new SegmentDefinition("buyers", "did(order_completed)", "segments.yaml", 1, 1),
            new SegmentDefinition("lookers", "count(product_viewed, 1s) >= 2 and not in_segment(buyers)", "segments.yaml", 2, 1),
        ],
        SessionGapMs = 300,
        DeduplicationMs = 0,
    };

    private CartAbandonmentRule MakeRule(int index) => new("rule-" + index)
    {
        StepsMs = Pick<long[]>([100], [200], [350], [100, 300], [50, 200, 351]),
        RearmOn = _random.Next(3) == 0 ? [EventTypes.ProductViewed] : [],
        RearmOnAny = _random.Next(4) == 0,
        Reentry = (Reentry)_random.Next(4),
        CooldownMs = Pick(150L, 600),
        TotalMinMinor = _random.Next(3) == 0 ? 500 : null,
        ItemsMin = _random.Next(3),
        InSegment = _random.Next(5) == 0 ? "buyers" : null,
        NotInSegment = _random.Next(5) == 0 ? "buyers" : null,
        Attributes = _random.Next(2) == 0 ? ["channel"] : [],
        AttributionMs = 0,
    };

    /// <summary>Up to three changes, often at the very instant of an event.</summary>
    private List<DefinitionVersion> MakeLater()
    {
        var later = new List<DefinitionVersion>();
        for (var count = Facts.Count == 0 ? 0 : Math.Max(0, _random.Next(6) - 2); count > 0; count--)
        {
            var definitions = Definitions with
            {
                CartAbandonment = [.. Enumerable.Range(0, 4).Where(_ => _random.Next(2) == 0).Select(MakeRule)],
                Segments = MakeSegments(),
            };
            var atMs = Facts[_random.Next(Facts.Count)].TimeMs + Pick(0L, 0, 1, -1, 50, 120);
            later.Add(new DefinitionVersion("version-" + count, atMs, definitions, Compile(definitions)));
        }

        return [.. later.OrderBy(version => version.EffectiveMs).DistinctBy(version => version.EffectiveMs)];
    }

    private SegmentDefinition[] MakeSegments()
    {
        var buyers = new SegmentDefinition("buyers", "did(order_completed)", "segments.yaml", 1, 1);
        var lookers = new SegmentDefinition("lookers", Pick(
            "count(product_viewed, 1s) >= 2 and not in_segment(buyers)", "count(product_viewed, 1s) >= 1", "count(product_viewed, 2s) >= 2"), "segments.yaml", 2, 1);
        var visitors = new SegmentDefinition("visitors", Pick("did(page_viewed, 1s)", "distinct(any.product_id) >= 2"), "segments.yaml", 3, 1);
        return Pick<SegmentDefinition[]>([buyers], [buyers, lookers], [visitors, buyers], [lookers, visitors, buyers]);
    }

    private List<Fact> MakeFacts()
    {
        var facts = new List<Fact>();
        var timeMs = _random.Next(3) == 0 ? -3000L : 1_000_000;
        var customers = _random.Next(1, 5);
        for (var count = _random.Next(5, 60); count > 0; count--)
        {
            timeMs += Pick(0L, 1, 50, 100, 100, 200, 300, 301, 351, _random.Next(800));
            facts.Add(MakeFact("customer-" + _random.Next(customers), timeMs) with
            {
                EventId = Definitions.DeduplicationMs > 0 ? "event-" + count : "",
            });
        }

        return facts;
    }

    private Fact MakeFact(string customer, long timeMs) => new(customer, timeMs, Pick(Types))
    {
        CartId = Pick("", "", "cart-a", "cart-b"),
        Product = Pick("", "shoe", "shoe", "hat", "scarf"),
        Quantity = Pick<int?>(null, null, 1, 2, 5, 0, -1),
        PriceMinor = Pick<long?>(null, 100, 250, 999),
        TotalMinor = Pick<long?>(null, 1000, 2500),
        Currency = Pick("EUR", "EUR", "EUR", "USD"),
        Channel = Pick("", "", "mail", "shop"),
    };

    private T Pick<T>(params T[] values) => values[_random.Next(values.Length)];
}
