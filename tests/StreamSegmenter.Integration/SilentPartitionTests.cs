using System.Collections.Concurrent;
using System.Globalization;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
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

    private static readonly StorefrontDefinitions Definitions = new()
    {
        Currency = Currency.TryParse("EUR", out var euro) ? euro : default,
        CartAbandonment = [new CartAbandonmentRule("abandoned-cart") { StepsMs = [AfterMs] }],
        DeduplicationMs = 0,
    };

    [Fact]
    public void A_cart_fires_soon_after_its_deadline_although_one_topic_is_silent_and_nobody_clicks()
    {
        using var shop = new LiveShop();

        var addedAtMs = NowMs();
        shop.Tell(input: 0, "ann", "product_added", addedAtMs);

        shop.WaitUntil(AfterMs + 15_000, () => !shop.Fired.IsEmpty, "the cart has not fired");
        var (trigger, seenAtMs) = shop.Fired.Single();
        Assert.Equal(addedAtMs + AfterMs, trigger.FiredAtMs);
        Assert.InRange(seenAtMs - trigger.FiredAtMs, 0, IdleTimeoutMs + 1_000);
    }

    [Fact]
    public void A_cart_does_not_fire_while_the_order_is_written_but_the_broker_is_slow_to_hand_it_out()
    {
        TestBroker.RequireEmbedded();
        using var shop = new LiveShop();

        var addedAtMs = NowMs();
        shop.Tell(input: 0, "ann", "product_added", addedAtMs);
        shop.WaitUntil(5_000, () => shop.RecordsPolled == 2, "the cart was not read");

        // The next answers say "nothing new", as is true then, but take long to arrive. The order stands in its partition
        // meanwhile, and its time is before the deadline.
        for (var request = 0; request < 4; request++)
        {
            shop.Broker.Embedded!.DelayRequest(FetchApi, TimeSpan.FromMilliseconds(FetchDelayMs));
        }

        // One request of each lane's has to be among them: a lane asks again only after its answer.
        shop.WaitUntil(20_000, () => shop.Broker.Embedded!.DelayedRequests(FetchApi) <= 2, "the lanes do not fetch");
        shop.Tell(input: 1, "ann", "order_completed", addedAtMs + 1_000);
        shop.WaitUntil(60_000, () => shop.RecordsPolled == 3, "the order was not read");
        Assert.True(NowMs() > addedAtMs + AfterMs + IdleTimeoutMs, "the order came before the cart could have fired: nothing was shown");

        shop.WaitUntil(20_000, () => shop.WatermarkMs > addedAtMs + AfterMs + 1_000, "time does not go on");
        Assert.Empty(shop.Fired);
    }

    private static long NowMs() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Two lanes over the two topics, whose shards follow the clock.</summary>
    private sealed class LiveShop : IDisposable
    {
        private readonly KafkaSettings _settings;
        private readonly KafkaEngine[] _lanes;

        public LiveShop()
        {
            _settings = Broker.Settings(2, "carts", "orders");
            _lanes = [NewLane(), NewLane()];
            WaitUntil(20_000, () => Array.TrueForAll(_lanes, lane => lane.IsReady), "a lane has no shard");
            Tell(input: 0, "bob", "page_viewed", NowMs());
            var toldAtMs = NowMs();
            WaitUntil(20_000, () => WatermarkMs > toldAtMs, "the shard does not follow the clock");
        }

        public TestBroker Broker { get; } = new();

        public ConcurrentQueue<(CartAbandoned Trigger, long SeenAtMs)> Fired { get; } = new();

        public long RecordsPolled => _lanes.Sum(lane => lane.RecordsPolled);

        public long WatermarkMs => _lanes.Max(lane => lane.WatermarkMs);

        public void Tell(int input, string customer, string type, long timeMs) => Broker.Produce(
            _settings.Inputs[input].Topic,
            (0, customer, string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"customer_id":"{{customer}}","product_id":"p","event_type":"{{type}}","event_time":{{timeMs}}}""")));

        public void WaitUntil(long patienceMs, Func<bool> happened, string what) =>
            Wait.Until(happened, TimeSpan.FromMilliseconds(patienceMs), () => what);

        public void Dispose()
        {
            Array.ForEach(_lanes, lane => lane.Dispose());
            Broker.Dispose();
        }

        private KafkaEngine NewLane()
        {
            var lane = new KafkaEngine(_settings, Definitions, InputMapping.Default, TimeProvider.System);
            lane.Outputs.CartAbandoned.Subscribe(trigger => Fired.Enqueue((trigger, NowMs())));
            return lane;
        }
    }
}
