using System.Buffers.Binary;

namespace StreamSegmenter.Events;

/// <summary>Walks the lines of an event: the items of a cart or an order that its record listed. An entry is
/// <c>what is present (1 byte) · quantity (4) · price in minor units (8) · length of the product id (2) · of the category (2) ·
/// product id · category</c>, little-endian. Written by <see cref="EventBatch"/> only, so the reader trusts the lengths.</summary>
internal ref struct LineReader
{
    private const byte HasQuantity = 1;
    private const byte HasPrice = 2;
    private const int QuantityAt = 1;
    private const int PriceAt = QuantityAt + sizeof(int);
    private const int ProductLengthAt = PriceAt + sizeof(long);
    private const int CategoryLengthAt = ProductLengthAt + sizeof(ushort);
    private const int HeadBytes = CategoryLengthAt + sizeof(ushort);

    private ReadOnlySpan<byte> _rest;
    private bool _isOwn;

    internal LineReader(ReadOnlySpan<byte> encoded) => _rest = encoded;

    // The one line of an event without items.
    internal LineReader(ReadOnlySpan<byte> productId, ReadOnlySpan<byte> category, int? quantity, long? priceMinor)
    {
        _isOwn = true;
        ProductId = productId;
        Category = category;
        Quantity = quantity;
        PriceMinor = priceMinor;
    }

    public ReadOnlySpan<byte> ProductId { get; private set; }

    public ReadOnlySpan<byte> Category { get; private set; }

    /// <summary>Null where the record named none.</summary>
    public int? Quantity { get; private set; }

    /// <summary>Unit price in minor units of the event's currency; null where the record named none.</summary>
    public long? PriceMinor { get; private set; }

    /// <summary>Moves to the next line; false behind the last one.</summary>
    public bool Read()
    {
        if (_rest.IsEmpty)
        {
            var own = _isOwn;
            _isOwn = false;
            return own;
        }

        var present = _rest[0];
        Quantity = (present & HasQuantity) == 0 ? null : BinaryPrimitives.ReadInt32LittleEndian(_rest[QuantityAt..]);
        PriceMinor = (present & HasPrice) == 0 ? null : BinaryPrimitives.ReadInt64LittleEndian(_rest[PriceAt..]);
        int product = BinaryPrimitives.ReadUInt16LittleEndian(_rest[ProductLengthAt..]);
        int category = BinaryPrimitives.ReadUInt16LittleEndian(_rest[CategoryLengthAt..]);
        ProductId = _rest.Slice(HeadBytes, product);
        Category = _rest.Slice(HeadBytes + product, category);
        _rest = _rest[(HeadBytes + product + category)..];
        return true;
    }

    internal static int LengthOf(ReadOnlySpan<byte> productId, ReadOnlySpan<byte> category) =>
        HeadBytes + productId.Length + category.Length;

    internal static void Write(
        Span<byte> into, ReadOnlySpan<byte> productId, ReadOnlySpan<byte> category, int? quantity, long? priceMinor)
    {
        into[0] = (byte)((quantity is null ? 0 : HasQuantity) | (priceMinor is null ? 0 : HasPrice));
        BinaryPrimitives.WriteInt32LittleEndian(into[QuantityAt..], quantity ?? 0);
        BinaryPrimitives.WriteInt64LittleEndian(into[PriceAt..], priceMinor ?? 0);
        BinaryPrimitives.WriteUInt16LittleEndian(into[ProductLengthAt..], (ushort)productId.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(into[CategoryLengthAt..], (ushort)category.Length);
        productId.CopyTo(into[HeadBytes..]);
        category.CopyTo(into[(HeadBytes + productId.Length)..]);
    }
}
