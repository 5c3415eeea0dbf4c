using System.Text;
using StreamSegmenter.Conversions;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Segments;
using StreamSegmenter.Testing.Reference;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Triggers;

/// <summary>One customer of a shop with one abandonment rule, told as a story:
/// <c>new Shop().Adds("shoe").At(0).Until(29).FiresNothing().Until(30).Fires(30)</c>. Times are minutes. What the customer does is
/// said first, when they do it follows.</summary>
internal sealed class Shop
{
    public const long MinuteMs = 60_000;
    public static readonly CartAbandonmentRule Rule = new("abandoned") { StepsMs = [30 * MinuteMs], AttributionMs = 0 };

    private readonly CustomerFold _fold;
    private readonly CustomerRecord _record = new();
    private readonly FoldOutput _output = new(new NoPanes());
    private readonly EventBatch _batch = new();
    private readonly byte[] _key;
    private Fact? _next;
    private int _told;

    public Shop(CartAbandonmentRule? rule = null, string customer = "ann", long horizonMinutes = 30 * 24 * 60, string? segment = null)
    {
        var definitions = new StorefrontDefinitions
        {
            Currency = Fact.CurrencyOf("EUR"),
            CartAbandonment = [rule ?? Rule],
            Segments = segment is null ? [] : [new SegmentDefinition("segment", segment, "segments.yaml", 1, 1)],
            CartHorizonMs = horizonMinutes * MinuteMs,
            DeduplicationMs = 0,
        };
        var errors = new List<DefinitionError>();
        var segments = definitions.CompileSegments([], errors);
        Assert.Empty(errors);
        _fold = new CustomerFold(definitions, segments!);
        _record.Initialize(_fold.Layout);
        _key = Encoding.UTF8.GetBytes(customer);
    }

    public IReadOnlyList<CartAbandoned> Triggers => _output.Carts.Triggers;

    public CartAbandoned Last => _output.Carts.Triggers[^1];

    public CustomerHeader Header => _record.Header;

    public CustomerView View => _fold.Describe(_record, _key);

    /// <summary>Bytes that the customer's state takes.</summary>
    public int RecordBytes => _record.Bytes.Length;

    public Shop Adds(string product, long? priceMinor = null, int? quantity = null) =>
        Does(EventTypes.ProductAdded, fact => fact with { Product = product, PriceMinor = priceMinor, Quantity = quantity });

    public Shop Removes(string product, int? quantity = null) =>
        Does(EventTypes.ProductRemoved, fact => fact with { Product = product, Quantity = quantity });

    public Shop SetsQuantity(string product, int quantity) =>
        Does(EventTypes.QuantityChanged, fact => fact with { Product = product, Quantity = quantity });

    public Shop Orders(long? totalMinor = null) => Does(EventTypes.OrderCompleted, fact => fact with { TotalMinor = totalMinor });

    public Shop Views() => Does(EventTypes.ProductViewed, fact => fact);

    public Shop ChecksOut() => Does(EventTypes.CheckoutStarted, fact => fact);

    public Shop FailsToPay() => Does(EventTypes.PaymentFailed, fact => fact);

    public Shop CancelsOrder() => Does(EventTypes.OrderCancelled, fact => fact);

    public Shop IsRefunded() => Does(EventTypes.OrderRefunded, fact => fact);

    public Shop InCart(string cartId) => Change(fact => fact with { CartId = cartId });

    public Shop In(string currency) => Change(fact => fact with { Currency = currency });

    public Shop From(string channel) => Change(fact => fact with { Channel = channel });

    public Shop At(double minute) => AtMs((long)(minute * MinuteMs));

    public Shop AtMs(long timeMs)
    {
        _batch.Clear();
        (_next! with { TimeMs = timeMs }).Write(_batch, 0, 0, 0, 0);
        _fold.Apply(_record, _key, in _batch[0], _batch, _output);
        _next = null;
        return this;
    }

    /// <summary>Time passes and nothing happens.</summary>
    public Shop Until(double minute) => UntilMs((long)(minute * MinuteMs));

    public Shop UntilMs(long timeMs)
    {
        _fold.RunUntil(_record, _key, timeMs, _output);
        return this;
    }

    /// <summary>Since it was asked last, triggers fired at exactly these minutes.</summary>
    public Shop Fires(params double[] minutes)
    {
        Assert.Equal(minutes.Select(minute => (long)(minute * MinuteMs)), _output.Carts.Triggers.Skip(_told).Select(trigger => trigger.FiredAtMs));
        _told = _output.Carts.Triggers.Count;
        return this;
    }

    public Shop FiresNothing() => Fires();

    public Shop Awaits(int deadlines)
    {
        Assert.Equal(deadlines, _output.Totals.TriggersPending);
        Assert.Equal(deadlines, View.Carts.Sum(cart => cart.Deadlines.Count(deadline => deadline.DueMs is not null)));
        return this;
    }

    private Shop Does(EventType type, Func<Fact, Fact> change)
    {
        Assert.Null(_next);
        _next = change(new Fact("ann", 0, type));
        return this;
    }

    private Shop Change(Func<Fact, Fact> change)
    {
        _next = change(_next!);
        return this;
    }

    private sealed class NoPanes : IConversionPanes
    {
        private PaneCounts _counts;

        public bool IsOpen(PaneKey key, long eventTimeMs) => false;

        public ref PaneCounts Open(PaneKey key, ReadOnlySpan<byte> value) => ref _counts;
    }
}
