using System.Runtime.CompilerServices;

namespace StreamSegmenter.Connectors.Generator;

/// <summary>One open visit, as a small state machine: browse, perhaps fill a cart, perhaps check out, perhaps order. What the
/// visitor will do is decided when the visit begins; the figures make about ten events a session, carts in one of ten, and
/// orders in three of ten sessions with a cart.</summary>
internal struct ShopSession
{
    private const int CartLinesMax = 3;
    private const int OrdersPerMillionCarts = 300_000;
    private const int CheckoutsPerMillionUnordered = 350_000;
    private const int AnonymousPerMillion = 200_000;

    private enum Phase : byte
    {
        Browsing,
        Cart,
        CheckoutStarted,
        CheckoutStep,
        Payment,
        Over,
    }

    [InlineArray(CartLinesMax)]
    private struct Lines
    {
        private (int Product, int Quantity) _first;
    }

    private Lines _lines;
    private long _number;
    private int _customer;
    private int _product;
    private int _browsesLeft;
    private int _lineCount;
    private int _linesWanted;
    private Phase _phase;
    private Phase _lastPhase;
    private byte _device;
    private byte _channel;
    private byte _country;
    private bool _anonymous;
    private bool _begun;
    private bool _orders;

    public readonly bool IsOver => _phase == Phase.Over;

    public static ShopSession Begin(long number, int customer, int products, ref Xoshiro256 random)
    {
        var session = new ShopSession
        {
            _number = number,
            _customer = customer,
            _device = Storefront.PickDevice(ref random),
            _channel = Storefront.PickChannel(ref random),
            _country = Storefront.CountryOf(customer),
            _anonymous = random.Chance(AnonymousPerMillion),
            _browsesLeft = 1,
        };

        // A geometric number of steps: most visits are short, some are long.
        while (session._browsesLeft < 60 && random.Chance(885_000))
        {
            session._browsesLeft++;
        }

        if (random.Chance(Storefront.CartChanceOf(session._device)))
        {
            session._linesWanted = 1 + random.Below(Math.Min(CartLinesMax, products));
            session._orders = random.Chance(OrdersPerMillionCarts);
            session._lastPhase = session._orders ? Phase.Over
                : random.Chance(CheckoutsPerMillionUnordered) ? Phase.CheckoutStarted + (byte)random.Below(2)
                : Phase.Cart;
        }

        return session;
    }

    /// <summary>The visit's next event, but for its id and times.</summary>
    public GeneratedEvent Step(int products, ref Xoshiro256 random)
    {
        var e = new GeneratedEvent
        {
            SessionNumber = _number, Customer = _customer, Device = _device, Channel = _channel, Country = _country, Anonymous = _anonymous,
        };
        switch (_phase)
        {
            case Phase.Browsing:
                Browse(ref e, products, ref random);
                break;
            case Phase.Cart:
                FillCart(ref e, products, ref random);
                break;
            case Phase.CheckoutStarted:
                e.Type = GeneratedType.CheckoutStarted;
                Advance(Phase.CheckoutStep);
                break;
            case Phase.CheckoutStep:
                e.Type = GeneratedType.CheckoutStepCompleted;
                Advance(Phase.Payment);
                break;
            default:
                Pay(ref e, ref random);
                break;
        }

        e.CartNumber = e.Type >= GeneratedType.ProductAdded ? _number : 0;
        return e;
    }

    private void Advance(Phase next) => _phase = _phase == _lastPhase && !_orders ? Phase.Over : next;

    private void Browse(ref GeneratedEvent e, int products, ref Xoshiro256 random)
    {
        var choice = random.Below(100);
        e.Type = !_begun && _channel == 2 ? GeneratedType.CampaignClicked
            : choice < 15 ? GeneratedType.PageViewed
            : choice < 30 ? GeneratedType.ProductsSearched
            : GeneratedType.ProductViewed;
        _begun = true;
        if (e.Type == GeneratedType.ProductViewed)
        {
            ViewProduct(ref e, products, ref random);
        }

        if (--_browsesLeft == 0)
        {
            _phase = _linesWanted > 0 ? Phase.Cart : Phase.Over;
        }
    }

    private void FillCart(ref GeneratedEvent e, int products, ref Xoshiro256 random)
    {
        if (_lineCount == _linesWanted)
        {
            e.Type = GeneratedType.CartViewed;
            Advance(Phase.CheckoutStarted);
        }
        else if (_lineCount > 1 && random.Chance(100_000))
        {
            var (product, quantity) = _lines[--_lineCount];
            SetProduct(ref e, GeneratedType.ProductRemoved, product, quantity);
            _linesWanted--;
        }
        else if (_product == 0 || (_lineCount > 0 && _lines[_lineCount - 1].Product == _product))
        {
            ViewProduct(ref e, products, ref random);
        }
        else
        {
            var quantity = random.Chance(850_000) ? 1 : 2;
            _lines[_lineCount++] = (_product, quantity);
            SetProduct(ref e, GeneratedType.ProductAdded, _product, quantity);
        }
    }

    private void Pay(ref GeneratedEvent e, ref Xoshiro256 random)
    {
        if (random.Chance(80_000))
        {
            e.Type = GeneratedType.PaymentFailed;
            return;
        }

        e.Type = GeneratedType.OrderCompleted;
        e.OrderNumber = _number;
        for (var i = 0; i < _lineCount; i++)
        {
            e.TotalMinor += Storefront.PriceOf(_lines[i].Product) * _lines[i].Quantity;
            e.Quantity += _lines[i].Quantity;
        }

        _phase = Phase.Over;
    }

    private void ViewProduct(ref GeneratedEvent e, int products, ref Xoshiro256 random)
    {
        _product = 1 + random.Popular(products);
        SetProduct(ref e, GeneratedType.ProductViewed, _product, 0);
    }

    private static void SetProduct(ref GeneratedEvent e, GeneratedType type, int product, int quantity)
    {
        e.Type = type;
        e.Product = product;
        e.Quantity = quantity;
        e.PriceMinor = Storefront.PriceOf(product);
    }
}
