using StreamSegmenter.Events;
using StreamSegmenter.Testing.Reference;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Triggers;

/// <summary>Random rules and histories. A failure names the seed; <c>new RandomShop(seed)</c> brings it back.</summary>
public sealed class CartRulePropertyTests
{
    private const int Cases = 2000;

    /// <summary>More than the engine remembers of a customer: what the oldest of them deserve, it cannot know any more.</summary>
    private const int SentMax = TriggerHistory.EntriesMax;
    private const long LongAfterMs = 100_000;

    private static readonly EventType[] AnyTypes =
    [
        EventTypes.ProductViewed, EventTypes.ProductViewed, EventTypes.ProductAdded, EventTypes.ProductAdded, EventTypes.ProductAdded,
        EventTypes.ProductRemoved, EventTypes.QuantityChanged, EventTypes.CheckoutStarted, EventTypes.CheckoutStepCompleted,
        EventTypes.PaymentFailed, EventTypes.OrderCompleted, EventTypes.OrderRefunded, EventTypes.CartViewed,
    ];

    [Fact]
    public void On_time_the_rules_do_what_a_naive_recomputation_does()
    {
        var said = new HashSet<string>();
        ForEachSeed(1, (shop, seed) =>
        {
            var engine = new FoldedShop(shop.Rules, graceMs: LongAfterMs);
            var naive = new NaiveShop(shop.Rules, RandomShop.HorizonMs);
            foreach (var fact in shop.History(1 + (seed % 16), AnyTypes))
            {
                naive.LetTimePass(fact.TimeMs);
                naive.Apply(fact);
                engine.Apply(fact);
                Assert.Equal(naive.Pending, engine.Pending);
            }

            naive.LetTimePass(LongAfterMs);
            engine.LetTimePass(LongAfterMs);
            Assert.True(naive.SentCount <= SentMax, "more triggers than are remembered: make the history shorter");
            Assert.Equal(naive.Said.Order(StringComparer.Ordinal), engine.Said.Order(StringComparer.Ordinal));
            said.UnionWith(naive.Said.Select(line => line.Split(' ')[1]));
        });

        Assert.Equal(["Emitted", "FrequencyCap", "Recovered", "Reentry", "TooFewItems"], said.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void However_late_orders_arrive_every_trigger_ends_at_most_once()
    {
        var ends = 0;
        ForEachSeed(100_001, (shop, seed) =>
        {
            var engine = RunLate(shop, seed, AnyTypes, out _);
            var emitted = new HashSet<string>();
            var ended = new HashSet<string>();
            foreach (var trigger in engine.Triggers)
            {
                Assert.True(
                    trigger.Kind == TriggerKind.Emitted
                        ? emitted.Add(trigger.TriggerId)
                        : emitted.Contains(trigger.TriggerId) && ended.Add(trigger.TriggerId),
                    $"{trigger.Kind} {trigger.TriggerId} out of turn");
            }

            ends += ended.Count;
        });
        Assert.True(ends > Cases / 10, $"only {ends} retractions and recoveries");
    }

    [Fact]
    public void However_late_orders_arrive_no_trigger_remains_that_an_order_should_have_stopped()
    {
        ForEachSeed(200_001, (shop, seed) =>
        {
            var engine = RunLate(shop, seed, AnyTypes, out var facts, cartId: "");
            var orders = facts.Where(fact => fact.Type == EventTypes.OrderCompleted).ToArray();
            var ended = engine.Triggers.Where(trigger => trigger.Kind != TriggerKind.Emitted).Select(trigger => trigger.TriggerId).ToHashSet();
            foreach (var trigger in engine.Triggers.Where(trigger => !ended.Contains(trigger.TriggerId)))
            {
                Assert.DoesNotContain(
                    orders, order => order.TimeMs > trigger.LastActivityAtMs && order.TimeMs < trigger.FiredAtMs);
            }
        });
    }

    [Fact]
    public void However_late_orders_arrive_the_remaining_triggers_are_those_of_orders_on_time()
    {
        ForEachSeed(300_001, (shop, seed) =>
        {
            // A rule that fires once per cart may have fired, before the order came, for what the order did not take; what is
            // left is then armed from its last activity, since the ones before that are not remembered.
            shop.Rules = [.. shop.Rules.Select(rule => rule with
            {
                Stage = CartStage.Cart, FrequencyCap = null, ItemsMin = 0, AttributionMs = 0, RearmOn = [], RearmOnAny = false,
                Reentry = Reentry.AtOnce,
            })];
            var late = RunLate(shop, seed, [EventTypes.ProductAdded, EventTypes.ProductAdded, EventTypes.OrderCompleted], out var facts, "");
            var onTime = new FoldedShop(shop.Rules);
            facts.ForEach(onTime.Apply);
            onTime.LetTimePass(LongAfterMs);
            Assert.Equal(Standing(onTime), Standing(late));
        });
    }

    private static List<string> Standing(FoldedShop shop)
    {
        var retracted = shop.Triggers.Where(trigger => trigger.Kind == TriggerKind.Retracted).Select(trigger => trigger.TriggerId).ToHashSet();
        return [.. shop.Triggers.Where(trigger => trigger.Kind == TriggerKind.Emitted && !retracted.Contains(trigger.TriggerId))
            .Select(trigger => $"{trigger.FiredAtMs} {trigger.Rule} {trigger.Step} {trigger.TriggerId}").Order(StringComparer.Ordinal)];
    }

    /// <summary>Orders arrive up to 400 ms late, everything else on time; time passes until they arrive.</summary>
    private static FoldedShop RunLate(RandomShop shop, int seed, EventType[] types, out List<Fact> facts, string? cartId = null)
    {
        facts = shop.History(1 + (seed % 12), types);
        if (cartId is not null)
        {
            facts = [.. facts.Select(fact => fact.Type == EventTypes.OrderCompleted ? fact with { CartId = cartId } : fact)];
        }

        // Several of one instant are nobody's order: what comes first is then the arrival's affair, not the rules'.
        facts = [.. facts.DistinctBy(fact => fact.TimeMs)];
        var engine = new FoldedShop(shop.Rules, graceMs: 1000);
        var orderArrivedMs = 0L;
        var arrivals = new List<(Fact Fact, long AtMs)>();
        foreach (var fact in facts)
        {
            // Orders do not overtake each other: they come from one system.
            var isOrder = fact.Type == EventTypes.OrderCompleted;
            orderArrivedMs = isOrder ? Math.Max(orderArrivedMs, fact.TimeMs + shop.Pick(0L, 60, 120, 400)) : orderArrivedMs;
            arrivals.Add((fact, isOrder ? orderArrivedMs : fact.TimeMs));
        }

        foreach (var (fact, atMs) in arrivals.OrderBy(arrival => arrival.AtMs))
        {
            engine.LetTimePass(atMs);
            engine.Apply(fact);
        }

        engine.LetTimePass(LongAfterMs);
        return engine;
    }

    private static void ForEachSeed(int first, Action<RandomShop, int> check)
    {
        for (var seed = first; seed < first + Cases; seed++)
        {
            try
            {
                check(new RandomShop(seed), seed);
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}");
            }
        }
    }
}
