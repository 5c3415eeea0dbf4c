using System.Collections.Concurrent;
using System.Globalization;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Conversions;
using StreamSegmenter.Definitions;
using StreamSegmenter.Events;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Integration;

/// <summary>An abandoned cart fires although nobody clicks any more, and does not fire because a broker is slow. Two lanes, two
/// topics, live.</summary>
public sealed class SilentPartitionTests
{
    private const long AfterMs = 3_000;
    private const long IdleTimeoutMs = 1_000;
    private const short FetchApi = 1;
    private const int FetchDelayMs = 7_000;

    private static readonly StorefrontDefinitions Definitions = new(
        SessionGapMs: 1_800_000, GraceMs: 300_000, CartHorizonMs: 30L * 86_400_000, DeduplicationMs: 0,
        Currency.TryParse("EUR", out var euro) ? euro : default,
        [new CartAbandonmentRule("abandoned-cart") { StepsMs = [AfterMs] }], [],
        new ConversionDefinition([], null, 100, [], 0));

    [Fact]
    public void A_cart_fires_soon_after_its_deadline_although_one_topic_is_silent_and_nobody_clicks()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(2, "carts", "orders");
        using var one = new KafkaEngine(settings, Definitions, InputMapping.Default, TimeProvider.System);
        using var two = new KafkaEngine(settings, Definitions, InputMapping.Default, TimeProvider.System);
        var fired = Observe(one, two);
        WaitUntil(20_000, () => one.IsReady && two.IsReady, "both lanes have a shard");
        broker.Produce(settings.Inputs[0].Topic, (0, "bob", Event("bob", "page_viewed", NowMs())));
        var producedAtMs = NowMs();
        WaitUntil(20_000, () => Watermark(one, two) > producedAtMs, "the shard follows the clock");

        var addedAtMs = NowMs();
        broker.Produce(settings.Inputs[0].Topic, (0, "ann", Event("ann", "product_added", addedAtMs)));

        WaitUntil(AfterMs + 15_000, () => !fired.IsEmpty, "the cart fired");
        var (trigger, seenAtMs) = fired.Single();
        Assert.Equal(addedAtMs + AfterMs, trigger.FiredAtMs);
        Assert.InRange(seenAtMs - trigger.FiredAtMs, 0, IdleTimeoutMs + 1_000);
    }

    [EmbeddedBrokerFact]
    public void A_cart_does_not_fire_while_the_order_is_written_but_the_broker_is_slow_to_hand_it_out()
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(2, "carts", "orders");
        using var one = new KafkaEngine(settings, Definitions, InputMapping.Default, TimeProvider.System);
        using var two = new KafkaEngine(settings, Definitions, InputMapping.Default, TimeProvider.System);
        var fired = Observe(one, two);
        WaitUntil(20_000, () => one.IsReady && two.IsReady, "both lanes have a shard");
        broker.Produce(settings.Inputs[0].Topic, (0, "bob", Event("bob", "page_viewed", NowMs())));
        var producedAtMs = NowMs();
        WaitUntil(20_000, () => Watermark(one, two) > producedAtMs, "the shard follows the clock");

        var addedAtMs = NowMs();
        broker.Produce(settings.Inputs[0].Topic, (0, "ann", Event("ann", "product_added", addedAtMs)));
        WaitUntil(5_000, () => one.RecordsPolled + two.RecordsPolled == 2, "the cart was read");

        // The next answers say "nothing new", as is true then, but take long to arrive. The order stands in its partition
        // meanwhile, and its time is before the deadline.
        for (var request = 0; request < 4; request++)
        {
            broker.Embedded!.DelayRequest(FetchApi, TimeSpan.FromMilliseconds(FetchDelayMs));
        }

        Thread.Sleep(1_500);
        broker.Produce(settings.Inputs[1].Topic, (0, "ann", Event("ann", "order_completed", addedAtMs + 1_000)));
        WaitUntil(60_000, () => one.RecordsPolled + two.RecordsPolled == 3, "the order was read");
        Assert.True(NowMs() > addedAtMs + AfterMs + IdleTimeoutMs, "the order came before the cart could have fired: nothing was shown");

        WaitUntil(20_000, () => Watermark(one, two) > addedAtMs + AfterMs + 1_000, "time went on");
        Assert.Empty(fired);
    }

    private static ConcurrentQueue<(CartAbandoned Trigger, long SeenAtMs)> Observe(params KafkaEngine[] engines)
    {
        var seen = new ConcurrentQueue<(CartAbandoned, long)>();
        foreach (var engine in engines)
        {
            engine.Outputs.CartAbandoned.Subscribe(trigger => seen.Enqueue((trigger, NowMs())));
        }

        return seen;
    }

    private static long Watermark(KafkaEngine one, KafkaEngine two) => Math.Max(one.WatermarkMs, two.WatermarkMs);

    private static string Event(string customer, string type, long timeMs) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"customer_id":"{{customer}}","product_id":"p","event_type":"{{type}}","event_time":{{timeMs}}}""");

    private static long NowMs() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private static void WaitUntil(long timeoutMs, Func<bool> happened, string what)
    {
        for (var until = Environment.TickCount64 + timeoutMs; !happened(); Thread.Sleep(20))
        {
            Assert.True(Environment.TickCount64 < until, $"Waited {timeoutMs} ms in vain until {what}.");
        }
    }
}
