namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>The fields of an event that a source name can be bound to.</summary>
internal enum MappedField : byte
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

    /// <summary>Unit price as a decimal of major units ("35.79").</summary>
    Price,

    /// <summary>Unit price as an integer of minor units; wins over <see cref="Price"/>.</summary>
    PriceMinor,

    /// <summary>Total of an order as a decimal of major units.</summary>
    Total,

    /// <summary>Total of an order as an integer of minor units; wins over <see cref="Total"/>.</summary>
    TotalMinor,
    Currency,

    /// <summary>One of the event's other properties, which a binding names.</summary>
    Property,

    /// <summary>No value of the event: whether it is there decides which sources count.</summary>
    Condition,
}

/// <summary>The fields' names as mappings and messages write them.</summary>
internal static class MappedFieldNames
{
    /// <summary>How many fields there are beside <see cref="MappedField.Property"/>.</summary>
    public const int Count = (int)MappedField.Property;

    /// <summary>In a mapping, the prefix of a property's name.</summary>
    public const string PropertyPrefix = "properties.";

    private static readonly string[] Names =
    [
        "event_id", "event_type", "event_time", "customer_id", "anonymous_id", "session_id", "cart_id", "order_id",
        "product_id", "category", "quantity", "price", "price_minor", "total", "total_minor", "currency",
    ];

    public static IReadOnlyList<string> All { get; } = Array.AsReadOnly(Names);

    public static string NameOf(MappedField field) => Names[(int)field];

    /// <summary>Whether the field is an identifier: blanks around one are no part of it.</summary>
    public static bool IsId(MappedField field) => field is MappedField.EventId or MappedField.CustomerId or MappedField.AnonymousId
        or MappedField.SessionId or MappedField.CartId or MappedField.OrderId or MappedField.ProductId;

    public static bool TryParse(string name, out MappedField field)
    {
        var index = Array.IndexOf(Names, name);
        field = (MappedField)Math.Max(index, 0);
        return index >= 0;
    }
}
