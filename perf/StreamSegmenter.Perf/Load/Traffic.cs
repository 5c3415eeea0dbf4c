using StreamSegmenter.Events;

namespace StreamSegmenter.Perf.Load;

/// <summary>How customers take turns.</summary>
internal enum TrafficShape
{
    /// <summary>Every event from a customer at random out of a million: no cache helps.</summary>
    Uniform,

    /// <summary>20,000 sessions open at a time, about ten events each: what a storefront produces.</summary>
    Sessions,

    /// <summary>The same, but nine of ten events are one customer's: a bot, or a key that somebody forgot to set.</summary>
    Hot,
}

/// <summary>One event before it is encoded.</summary>
internal readonly record struct TrafficEvent(
    long EventTimeMs, int Customer, long Session, EventType Type, int Product, int PriceMinor, int TotalMinor);

/// <summary>The load's storefront: deterministic, and apart from the demo's generator, so that figures of different
/// years are of the same traffic. 200 events a second of event time; disorder up to 1.5 s; of 1,000 events about 750 views, 150 page views,
/// 70 product additions, 20 checkouts and 10 orders.</summary>
internal sealed class Traffic(TrafficShape shape, ulong seed = 1)
{
    public const int Customers = 1_000_000;
    public const int OpenSessions = 20_000;
    public const int Products = 5_000;
    public const long MaxOutOfOrdernessMs = 1_500;
    private const long StartMs = 1_750_000_000_000;
    private const long EventsPerSecond = 200;
    private const uint EndsPerMille = 100;

    private readonly Visit[] _visits = new Visit[OpenSessions];
    private ulong _random = seed;
    private long _count;
    private long _sessions;

    private struct Visit
    {
        public long Session;
        public int Customer;
        public bool HasCart;
        public bool InCheckout;
    }

    public TrafficEvent Next()
    {
        var inOrderMs = StartMs + (_count++ * 1000 / EventsPerSecond);
        ref var visit = ref _visits[Random(OpenSessions)];
        if (visit.Session == 0 || shape == TrafficShape.Uniform || Random(1000) < EndsPerMille)
        {
            // In uniform traffic a session is one event of a customer who was elsewhere before.
            var (hasCart, inCheckout) = shape == TrafficShape.Uniform && visit.Session != 0 ? (visit.HasCart, visit.InCheckout) : default;
            visit = new Visit { Session = ++_sessions, Customer = (int)Random(Customers), HasCart = hasCart, InCheckout = inCheckout };
        }

        var type = Step(ref visit);
        var product = (int)Random(Products);
        var customer = shape == TrafficShape.Hot && Random(10) > 0 ? 0 : visit.Customer;
        return new TrafficEvent(
            inOrderMs - Random((uint)MaxOutOfOrdernessMs), customer, visit.Session, type, product,
            999 + (product * 7 % 20_000), type == EventTypes.OrderCompleted ? 1_999 + (int)Random(30_000) : 0);
    }

    private EventType Step(ref Visit visit)
    {
        var dice = Random(1000);
        if (visit.InCheckout && dice < 300)
        {
            visit.HasCart = visit.InCheckout = false;
            return EventTypes.OrderCompleted;
        }

        if (visit.HasCart && !visit.InCheckout && dice < 120)
        {
            visit.InCheckout = true;
            return EventTypes.CheckoutStarted;
        }

        if (dice >= 930)
        {
            visit.HasCart = true;
            return EventTypes.ProductAdded;
        }

        return dice < 780 ? EventTypes.ProductViewed : EventTypes.PageViewed;
    }

    private uint Random(uint below)
    {
        _random ^= _random << 13;
        _random ^= _random >> 7;
        _random ^= _random << 17;
        return (uint)((_random >> 16) % below);
    }
}
