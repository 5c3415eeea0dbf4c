namespace StreamSegmenter.Connectors.Generator;

/// <summary>An endless, deterministic stream of storefront events. Pure: it reads no clock; for live traffic the caller sends each
/// event when the clock reaches its <see cref="GeneratedEvent.DeliveredAtMs"/>. One thread; several generators with
/// different seeds make traffic in parallel. Allocates nothing per event.</summary>
internal sealed class StorefrontGenerator
{
    private const int RegularsPerMillion = 300_000;
    private const int RegularShare = 10;

    private readonly GeneratorOptions _options;
    private readonly ShopSession[] _sessions;
    private readonly DeliveryQueue? _queue;
    private readonly ulong _idBase;
    private readonly int _duplicatesPerMillion;
    private Xoshiro256 _random;
    private long _made;
    private long _sessionsBegun;

    /// <exception cref="ArgumentException">The options are wrong: <see cref="GeneratorOptions.Check"/> first.</exception>
    public StorefrontGenerator(GeneratorOptions options)
    {
        if (options.Check() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        _options = options;
        _random = new Xoshiro256(options.Seed);
        _idBase = Xoshiro256.Mix(options.Seed);
        _duplicatesPerMillion = (int)(options.DuplicateShare * 1_000_000);
        _queue = options.DisorderMs > 0 || _duplicatesPerMillion > 0 ? new DeliveryQueue() : null;
        _sessions = new ShopSession[options.Mode == TrafficMode.Sessions ? options.OpenSessions : 0];
        for (var i = 0; i < _sessions.Length; i++)
        {
            _sessions[i] = BeginSession();
        }
    }

    /// <summary>Makes the next event in the order of delivery.</summary>
    public void Next(ref GeneratedEvent e)
    {
        if (_queue is null)
        {
            Make(ref e);
            return;
        }

        // An event made from now on is delivered no earlier than it happens, so whatever is due by then comes first.
        while (_queue.IsEmpty || _queue.NextDueMs > TimeOf(_made))
        {
            Make(ref e);
            Send(ref e);
            if (_duplicatesPerMillion > 0 && _random.Chance(_duplicatesPerMillion))
            {
                Send(ref e);
            }
        }

        _queue.Take(ref e);
    }

    private void Send(ref GeneratedEvent e)
    {
        e.DeliveredAtMs = e.EventTimeMs + _random.Below(_options.DisorderMs + 1);
        _queue!.Add(in e);
    }

    private void Make(ref GeneratedEvent e)
    {
        e = _options.Mode == TrafficMode.Sessions ? StepSession() : MakeAlone();
        e.Id = unchecked(_idBase + (ulong)_made);
        e.EventTimeMs = TimeOf(_made);
        e.DeliveredAtMs = e.EventTimeMs;
        _made++;
    }

    private long TimeOf(long index) => _options.StartMs + (index * 1000 / _options.EventsPerSecond);

    private GeneratedEvent StepSession()
    {
        ref var session = ref _sessions[_random.Below(_sessions.Length)];
        var e = session.Step(_options.Products, ref _random);
        if (session.IsOver)
        {
            session = BeginSession();
        }

        return e;
    }

    // Three visits in ten are by regulars, a tenth of the customers.
    private ShopSession BeginSession()
    {
        var customers = _random.Chance(RegularsPerMillion) ? Math.Max(1, _options.Customers / RegularShare) : _options.Customers;
        return ShopSession.Begin(++_sessionsBegun, _random.Below(customers), _options.Products, ref _random);
    }

    private GeneratedEvent MakeAlone()
    {
        var customer = _random.Below(_options.Customers);
        var product = 1 + _random.Popular(_options.Products);
        var price = Storefront.PriceOf(product);
        var choice = _random.Below(1000);
        var type = choice switch
        {
            < 650 => GeneratedType.ProductViewed,
            < 780 => GeneratedType.PageViewed,
            < 880 => GeneratedType.ProductsSearched,
            < 960 => GeneratedType.ProductAdded,
            < 970 => GeneratedType.ProductRemoved,
            < 985 => GeneratedType.CheckoutStarted,
            _ => GeneratedType.OrderCompleted,
        };
        var aboutProduct = type is GeneratedType.ProductViewed or GeneratedType.ProductAdded or GeneratedType.ProductRemoved;
        return new GeneratedEvent
        {
            Customer = customer,
            Type = type,
            Device = Storefront.PickDevice(ref _random),
            Channel = Storefront.PickChannel(ref _random),
            Country = Storefront.CountryOf(customer),
            Product = aboutProduct ? product : 0,
            PriceMinor = aboutProduct ? price : 0,
            Quantity = type is GeneratedType.ProductAdded or GeneratedType.ProductRemoved ? 1 : 0,
            OrderNumber = type == GeneratedType.OrderCompleted ? _made + 1 : 0,
            TotalMinor = type == GeneratedType.OrderCompleted ? price : 0,
        };
    }
}
