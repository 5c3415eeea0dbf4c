using System.Text;

namespace StreamSegmenter.Events;

/// <summary>A textual field of an event by its canonical name: one of the event's own texts, or a property.</summary>
public readonly struct EventField
{
    private readonly byte[] _property;
    private readonly Kind _kind;

    private EventField(Kind kind, byte[] property)
    {
        _kind = kind;
        _property = property;
    }

    private enum Kind : byte
    {
        Property,
        ProductId,
        Category,
        CartId,
        OrderId,
        SessionId,
        CustomerId,
        AnonymousId,
    }

    public static EventField Of(string name) => new(
        name switch
        {
            "product_id" => Kind.ProductId,
            "category" => Kind.Category,
            "cart_id" => Kind.CartId,
            "order_id" => Kind.OrderId,
            "session_id" => Kind.SessionId,
            "customer_id" => Kind.CustomerId,
            "anonymous_id" => Kind.AnonymousId,
            _ => Kind.Property,
        },
        Encoding.UTF8.GetBytes(name));

    /// <summary>The field's text; empty when the event does not have it or it is not a text.</summary>
    public ReadOnlySpan<byte> Text(scoped in StorefrontEvent e, EventBatch batch)
    {
        switch (_kind)
        {
            case Kind.ProductId: return batch.Text(in e, e.ProductId);
            case Kind.Category: return batch.Text(in e, e.Category);
            case Kind.CartId: return batch.Text(in e, e.CartId);
            case Kind.OrderId: return batch.Text(in e, e.OrderId);
            case Kind.SessionId: return batch.Text(in e, e.SessionId);
            case Kind.CustomerId: return batch.Text(in e, e.CustomerId);
            case Kind.AnonymousId: return batch.Text(in e, e.AnonymousId);
            default:
                var properties = batch.Properties(in e);
                return properties.Find(_property) && properties.Kind == PropertyKind.Text ? properties.Text : default;
        }
    }
}
