namespace StreamSegmenter.Connectors.Generator;

/// <summary>The types of events that the generator makes; <see cref="Storefront.NameOf"/> gives their names.</summary>
internal enum GeneratedType : byte
{
    PageViewed,
    ProductsSearched,
    ProductViewed,
    CampaignClicked,
    ProductAdded,
    ProductRemoved,
    CartViewed,
    CheckoutStarted,
    CheckoutStepCompleted,
    PaymentFailed,
    OrderCompleted,
}

/// <summary>One generated event as plain numbers, which <see cref="GeneratedEventWriter"/> turns into text. Where a number is
/// 0 the event does not have the field.</summary>
internal struct GeneratedEvent
{
    /// <summary>Unlike that of every other event, also of other seeds; equal in duplicates.</summary>
    public ulong Id;

    public long EventTimeMs;

    /// <summary>When it is delivered: event time + the time under way. Deliveries are in this order.</summary>
    public long DeliveredAtMs;

    public long SessionNumber;
    public long CartNumber;
    public long OrderNumber;

    /// <summary>The customer, from 0.</summary>
    public int Customer;

    /// <summary>The product, from 1.</summary>
    public int Product;

    public int Quantity;

    /// <summary>Unit price in cents.</summary>
    public int PriceMinor;

    /// <summary>Total of an order in cents.</summary>
    public int TotalMinor;

    public GeneratedType Type;

    /// <summary>Index into <see cref="Storefront.Devices"/>.</summary>
    public byte Device;

    /// <summary>Index into <see cref="Storefront.Channels"/>.</summary>
    public byte Channel;

    /// <summary>Index into <see cref="Storefront.Countries"/>.</summary>
    public byte Country;

    /// <summary>The customer is known by an anonymous id only.</summary>
    public bool Anonymous;
}
