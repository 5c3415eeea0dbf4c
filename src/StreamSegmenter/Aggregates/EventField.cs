using System.Runtime.InteropServices;
using System.Text;
using StreamSegmenter.Events;

namespace StreamSegmenter.Aggregates;

internal enum FieldKind : byte
{
    None,
    EventType,
    EventTime,
    ProductId,
    Category,
    SessionId,
    CartId,
    OrderId,
    Currency,
    Quantity,
    Price,
    Total,
    Property,

    /// <summary>What is left of an order's total after refunds and cancellations.</summary>
    Net,

    /// <summary>The day of the week on which the event happened, 1 for Monday to 7 for Sunday.</summary>
    Weekday,

    /// <summary>The hour in which the event happened, 0 to 23.</summary>
    Hour,
}

/// <summary>One field of an event, found by its name; any name that is no field's is a property.</summary>
internal readonly struct EventField
{
    private static readonly (string Name, FieldKind Kind)[] Known =
    [
        ("event_type", FieldKind.EventType), ("event_time", FieldKind.EventTime), ("product_id", FieldKind.ProductId), ("category", FieldKind.Category),
        ("session_id", FieldKind.SessionId), ("cart_id", FieldKind.CartId), ("order_id", FieldKind.OrderId),
        ("currency", FieldKind.Currency), ("quantity", FieldKind.Quantity), ("price", FieldKind.Price),
        ("total", FieldKind.Total), ("weekday", FieldKind.Weekday), ("hour", FieldKind.Hour),
    ];

    /// <summary>What is left of an order's total; a name of its own only where orders are summed.</summary>
    public static readonly EventField NetTotal = new(FieldKind.Net, "net");

    private readonly byte[] _property;

    private EventField(FieldKind kind, string name)
    {
        Kind = kind;
        Name = name;
        _property = Encoding.UTF8.GetBytes(name);
    }

    public FieldKind Kind { get; }

    /// <summary>Canonical: <c>total</c>, <c>properties.colour</c>.</summary>
    public string Text => Kind == FieldKind.Property ? "properties." + Name : Name;

    public string Name { get; }

    public bool IsMoney => Kind is FieldKind.Price or FieldKind.Total or FieldKind.Net;

    /// <summary>Whether the field says when the event happened, by the calendar.</summary>
    public bool IsOfCalendar => Kind is FieldKind.Weekday or FieldKind.Hour;

    /// <summary>Whether the field is always a text; a property may be one.</summary>
    public bool IsText => Kind is FieldKind.EventType or FieldKind.ProductId or FieldKind.Category or FieldKind.SessionId
        or FieldKind.CartId or FieldKind.OrderId or FieldKind.Currency;

    /// <summary>Whether the lines of an event have the field, if it has lines.</summary>
    public bool IsOfLine => Kind is FieldKind.ProductId or FieldKind.Category or FieldKind.Quantity or FieldKind.Price;

    /// <summary>The names that a mistyped one is compared with; those of the calendar are too short and common for that.</summary>
    public static IEnumerable<string> KnownNames => Known.Where(known => known.Kind < FieldKind.Net).Select(known => known.Name);

    public static EventField Property(string name) => new(FieldKind.Property, name);

    public static EventField Named(string name)
    {
        foreach (var (known, kind) in Known)
        {
            if (known.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return new EventField(kind, known);
            }
        }

        return Property(name);
    }

    /// <summary>The value of a numeric field as the integer of its <see cref="AggregateType"/>; false when the event lacks it or
    /// has money of another currency.</summary>
    public bool TryReadNumber(in StorefrontEvent e, EventBatch batch, Currency currency, out long value)
    {
        value = 0;
        switch (Kind)
        {
            case FieldKind.EventTime:
                value = e.EventTimeMs;
                return true;
            case FieldKind.Quantity:
                value = e.Quantity;
                return e.Has(EventFields.Quantity);
            case FieldKind.Price:
                value = e.PriceMinor;
                return e.Has(EventFields.Price) && (e.Currency == currency || e.Currency.IsNone);
            case FieldKind.Total or FieldKind.Net:
                value = e.TotalMinor;
                return e.Has(EventFields.Total) && (e.Currency == currency || e.Currency.IsNone);
            case FieldKind.Property:
                var properties = batch.Properties(in e);
                return properties.Find(_property)
                    && properties.Kind == PropertyKind.Number
                    && AggregateTypes.TryToMicros(properties.Number, out value);
            default:
                return false;
        }
    }

    /// <summary>The text of a field; empty when the event lacks it.</summary>
    public ReadOnlySpan<byte> ReadText(scoped in StorefrontEvent e, EventBatch batch) => Kind switch
    {
        FieldKind.EventType => EventTypes.Utf8NameOf(e.Type),
        FieldKind.ProductId => batch.Text(in e, e.ProductId),
        FieldKind.Category => batch.Text(in e, e.Category),
        FieldKind.SessionId => batch.Text(in e, e.SessionId),
        FieldKind.CartId => batch.Text(in e, e.CartId),
        FieldKind.OrderId => batch.Text(in e, e.OrderId),
        FieldKind.Property => TryFindProperty(in e, batch, out var property) && property.Kind == PropertyKind.Text
            ? property.Text
            : default,
        _ => default,
    };

    /// <summary>Moves to the property's next value; false behind the last one.</summary>
    public bool NextValue(ref PropertyReader properties) => properties.Find(_property);

    /// <summary>Whether the property has that name.</summary>
    public bool IsNamed(ReadOnlySpan<byte> name) => name.SequenceEqual(_property);

    public bool TryFindProperty(scoped in StorefrontEvent e, EventBatch batch, out PropertyReader property)
    {
        property = batch.Properties(in e);
        return property.Find(_property);
    }

    /// <summary>The truth value of a property, 1 or 0; false when the event lacks it.</summary>
    public bool TryReadBoolean(in StorefrontEvent e, EventBatch batch, out long value)
    {
        var found = TryFindProperty(in e, batch, out var property) && property.Kind == PropertyKind.Boolean;
        value = found && property.Boolean ? 1 : 0;
        return found;
    }

    /// <summary>A number that is different for different values of the field, whatever their type, and equal on every
    /// machine; false when the event lacks it.</summary>
    public bool TryReadKey(in StorefrontEvent e, EventBatch batch, out long key)
    {
        key = Kind switch
        {
            FieldKind.EventType => HashOf(MemoryMarshal.AsBytes(EventTypes.NameOf(e.Type).AsSpan())),
            FieldKind.EventTime => e.EventTimeMs,
            FieldKind.Currency => e.Currency.Packed,
            FieldKind.Quantity => e.Quantity,
            FieldKind.Price => e.PriceMinor,
            FieldKind.Total => e.TotalMinor,
            FieldKind.Property when TryFindProperty(in e, batch, out var property) && property.Kind != PropertyKind.Text =>
                BitConverter.DoubleToInt64Bits(property.Number),
            _ => HashOf(ReadText(in e, batch)),
        };
        return IsPresent(in e, batch);
    }

    private static long HashOf(ReadOnlySpan<byte> text) => unchecked((long)KeyHash.Of(text));

    /// <summary>Whether the event has the field.</summary>
    public bool IsPresent(in StorefrontEvent e, EventBatch batch) => Kind switch
    {
        FieldKind.EventType or FieldKind.EventTime or FieldKind.Weekday or FieldKind.Hour => true,
        FieldKind.Currency => !e.Currency.IsNone,
        FieldKind.Quantity => e.Has(EventFields.Quantity),
        FieldKind.Price => e.Has(EventFields.Price),
        FieldKind.Total => e.Has(EventFields.Total),
        FieldKind.Property => TryFindProperty(in e, batch, out _),
        _ => !ReadText(in e, batch).IsEmpty,
    };
}
