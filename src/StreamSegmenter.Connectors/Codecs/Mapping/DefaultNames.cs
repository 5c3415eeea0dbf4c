namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>The names under which a field is found without a mapping. The first name of a field that has
/// a value wins; what the others hold stays a property. Names inside a top-level object <c>properties</c>,
/// where Segment's tracking puts them, come after those at the top.</summary>
internal static class DefaultNames
{
    private static readonly string[][] ByField =
    [
        ["$insert_id", "event_id", "eventId", "message_id", "messageId"],
        ["event_type", "eventType", "event", "event_name", "eventName", "type"],
        ["event_time", "eventTime", "timestamp"],
        ["customer_id", "customerId", "user_id", "userId"],
        ["anonymous_id", "anonymousId"],
        ["session_id", "sessionId", "properties.session_id", "properties.sessionId", "event_params.ga_session_id"],
        ["cart_id", "cartId", "properties.cart_id", "properties.cartId"],
        ["order_id", "orderId", "properties.order_id", "properties.orderId"],
        ["product_id", "productId", "properties.product_id", "properties.productId"],
        ["category", "properties.category"],
        ["quantity", "properties.quantity"],
        ["price", "properties.price"],
        ["price_minor", "priceMinor", "properties.price_minor", "properties.priceMinor"],
        ["total", "properties.total", "properties.revenue", "properties.value"],
        ["total_minor", "totalMinor", "properties.total_minor", "properties.totalMinor"],
        ["currency", "properties.currency"],
    ];

    private static readonly string[] ItemLists =
    [
        "items", "products", "line_items", "lineItems", "properties.items", "properties.products", "properties.line_items", "ecommerce.items",
    ];

    /// <summary>The lists that are the items of a cart or an order, without a mapping.</summary>
    public static IReadOnlyList<string> Items => ItemLists;

    public static IReadOnlyList<string> Of(MappedField field) => ByField[(int)field];
}
