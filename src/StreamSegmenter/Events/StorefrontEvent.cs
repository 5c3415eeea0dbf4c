namespace StreamSegmenter.Events;

/// <summary>One decoded fact of a storefront: numbers in place, texts as slices of the batch that holds it.
/// A plain struct, so that a batch of events is one array and moving an event is one copy.</summary>
internal struct StorefrontEvent
{
    /// <summary>When it happened, milliseconds since 1970-01-01 UTC.</summary>
    public long EventTimeMs;

    /// <summary>Unit price in minor units of <see cref="Currency"/>; see <see cref="EventFields.Price"/>.</summary>
    public long PriceMinor;

    /// <summary>Total of an order in minor units of <see cref="Currency"/>; see <see cref="EventFields.Total"/>.</summary>
    public long TotalMinor;

    /// <summary>Hash of the customer key, computed once when the event is completed. Not persisted.</summary>
    public ulong KeyHash;

    /// <summary>The record's offset in its partition, or the line number of a file.</summary>
    public long Offset;

    /// <summary>Where the event's bytes start in its batch.</summary>
    public int BytesStart;

    /// <summary>The record's partition; equals the shard.</summary>
    public int Partition;

    /// <summary>Number of items; see <see cref="EventFields.Quantity"/>.</summary>
    public int Quantity;

    /// <summary>Place among the events of one record, 0 for the first.</summary>
    public int IndexInRecord;

    /// <summary>How many bytes the event holds in its batch.</summary>
    public ushort BytesLength;

    /// <summary>Index of the configured input that the record came from.</summary>
    public ushort Input;

    public EventType Type;
    public EventFields Fields;
    public Currency Currency;

    public Slice CustomerId;
    public Slice AnonymousId;
    public Slice EventId;
    public Slice SessionId;
    public Slice CartId;
    public Slice OrderId;
    public Slice ProductId;
    public Slice Category;

    /// <summary>The other properties, encoded as <see cref="PropertyReader"/> reads them.</summary>
    public Slice Properties;

    /// <summary>The items, encoded as <see cref="LineReader"/> reads them; empty where the record named none.</summary>
    public Slice Lines;

    /// <summary>The customer the event belongs to: the customer id, else the anonymous id.</summary>
    public readonly Slice CustomerKey => CustomerId.IsEmpty ? AnonymousId : CustomerId;

    public readonly bool Has(EventFields field) => (Fields & field) != 0;
}
