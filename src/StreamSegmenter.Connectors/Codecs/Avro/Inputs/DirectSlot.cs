namespace StreamSegmenter.Connectors.Codecs.Avro.Inputs;

/// <summary>The fields of <c>storefront-event.avsc</c> in its order, which a test compares.</summary>
internal enum DirectSlot
{
    EventId,
    EventType,
    EventTime,
    CustomerId,
    AnonymousId,
    SessionId,
    CartId,
    OrderId,
    ProductId,
    Category,
    Quantity,
    PriceMinor,
    TotalMinor,
    Currency,
    Properties,
}
