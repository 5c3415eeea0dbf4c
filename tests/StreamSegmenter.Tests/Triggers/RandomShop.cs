using System.Text;
using StreamSegmenter.Conversions;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Testing.Reference;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Triggers;

/// <summary>Random rules and a random history of one customer, from one seed. Times are small and often equal, so that events meet
/// deadlines to the millisecond.</summary>
internal sealed class RandomShop
{
    public const long HorizonMs = 900;
    private readonly Random _random;

    public RandomShop(int seed)
    {
        _random = new Random(seed);
        Rules = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(MakeRule)];
    }

    public IReadOnlyList<CartAbandonmentRule> Rules { get; set; }

    /// <summary>Events in the order of their times.</summary>
    public List<Fact> History(int count, params EventType[] types)
    {
        var facts = new List<Fact>();
        var timeMs = 10_000L;
        for (var i = 0; i < count; i++)
        {
            timeMs += Pick(0L, 10, 50, 100, 100, 200, 350, 1000);
            facts.Add(new Fact("ann", timeMs, Pick(types))
            {
                CartId = Pick("", "", "c1", "c2"),
                Product = Pick("shoe", "hat", "sock"),
                Quantity = Pick<int?>(null, null, 0, 1, 2),
            });
        }

        // As the engine takes those of one instant.
        return [.. facts.OrderBy(fact => fact.TimeMs).ThenBy(fact => EventOrder.RankOf(fact.Type))];
    }

    public T Pick<T>(params T[] values) => values[_random.Next(values.Length)];

    private CartAbandonmentRule MakeRule(int index) => new("rule-" + index)
    {
        Stage = (CartStage)_random.Next(3),
        StepsMs = Pick<long[]>([100], [200], [50, 150], [100, 300], [50, 200, 351]),
        RearmOn = _random.Next(3) == 0 ? [EventTypes.ProductViewed] : [],
        RearmOnAny = _random.Next(5) == 0,
        Reentry = (Reentry)_random.Next(4),
        CooldownMs = Pick(150L, 600),
        ItemsMin = Pick(0, 0, 1, 3),
        FrequencyCap = _random.Next(3) == 0 ? new FrequencyCap(Pick(1, 2), Pick(200L, 1000)) : null,
        AttributionMs = Pick(0L, 100, 100_000),
        OrderTakesAllCarts = _random.Next(4) == 0,
        RecoveredByCart = _random.Next(2) == 0,
    };
}

/// <summary>The engine's fold of one customer, with what it said.</summary>
internal sealed class FoldedShop
{
    private readonly CustomerFold _fold;
    private readonly CustomerRecord _record = new();
    private readonly FoldOutput _output = new(new NoPanes());
    private readonly EventBatch _batch = new();

    public FoldedShop(IReadOnlyList<CartAbandonmentRule> rules, long graceMs = 0)
    {
        var definitions = new StorefrontDefinitions
        {
            Currency = Fact.CurrencyOf("EUR"),
            CartAbandonment = rules,
            SessionGapMs = 300,
            GraceMs = graceMs,
            CartHorizonMs = RandomShop.HorizonMs,
            DeduplicationMs = 0,
        };
        _fold = new CustomerFold(definitions, definitions.CompileSegments([], [])!);
        _record.Initialize(_fold.Layout);
    }

    public IReadOnlyList<CartAbandoned> Triggers => _output.Carts.Triggers;

    public long Pending => _output.Totals.TriggersPending;

    /// <summary>In the words of <see cref="NaiveShop.Said"/>.</summary>
    public IEnumerable<string> Said => _output.Carts.Triggers.Select(trigger => TextOf(trigger, null))
        .Concat(_output.Carts.Suppressed.Select(step => TextOf(step.Trigger, step.Reason)));

    public void Apply(Fact fact)
    {
        _batch.Clear();
        fact.Write(_batch, 0, 0, 0, 0);
        _fold.Apply(_record, "ann"u8, in _batch[0], _batch, _output);
    }

    public void LetTimePass(long untilMs) => _fold.RunUntil(_record, "ann"u8, untilMs, _output);

    private static string TextOf(CartAbandoned trigger, SuppressionReason? reason)
    {
        var text = new StringBuilder();
        var atMs = trigger.Kind == TriggerKind.Recovered ? trigger.OrderedAtMs : trigger.FiredAtMs;
        text.Append($"{atMs} {reason?.ToString() ?? trigger.Kind.ToString()} {trigger.Rule} step={trigger.Step} cart={trigger.CartId} ");
        return trigger.Kind == TriggerKind.Emitted
            ? text.Append($"armed={trigger.LastActivityAtMs} items={trigger.Lines.Sum(line => line.Quantity)}").ToString()
            : text.Append($"fired={trigger.FiredAtMs}").ToString();
    }

    private sealed class NoPanes : IConversionPanes
    {
        private PaneCounts _counts;

        public bool IsOpen(PaneKey key, long eventTimeMs) => false;

        public ref PaneCounts Open(PaneKey key, ReadOnlySpan<byte> value) => ref _counts;
    }
}
