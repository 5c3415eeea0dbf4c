using System.Runtime.InteropServices;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;

namespace StreamSegmenter.Triggers;

/// <summary>The carts of one customer, as sections of the record: finds, makes, fills and removes them.
/// Bounds: <see cref="CartsMax"/> carts (the least recently active is evicted), <see cref="LinesMax"/> lines a cart
/// and <see cref="CartBytesMax"/> bytes a cart (further products still count as activity but are not listed): with all
/// its carts a record stays well below a page of the store and a record of the changelog.</summary>
internal static class CartSections
{
    public const int CartsMax = 32;
    public const int LinesMax = 200;
    public const int CartBytesMax = 16 * 1024;

    public static ref CartHeader Header(Span<byte> cart) =>
        ref MemoryMarshal.AsRef<CartHeader>(cart[..CartHeader.SizeBytes]);

    public static Span<RuleState> Rules(Span<byte> cart) => MemoryMarshal.Cast<byte, RuleState>(
        cart.Slice(CartHeader.SizeBytes, Header(cart).RuleCount * RuleState.SizeBytes));

    public static ReadOnlySpan<byte> Id(Span<byte> cart) => cart.Slice(IdStart(cart), Header(cart).IdLength);

    /// <summary>True for what a customer without a cart has looked at, kept as a cart of the browse stage.</summary>
    public static bool IsBrowsed(Span<byte> cart) => Header(cart).Stage == CartStage.Browse;

    /// <summary>True when the customer has a cart, beyond browsing.</summary>
    public static bool HasCart(CustomerRecord record)
    {
        var cursor = 0;
        while (record.NextSection(SectionKind.Cart, ref cursor, out _, out var cart))
        {
            if (!IsBrowsed(cart))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The section id of what the customer browsed; -1 when there is none.</summary>
    public static int FindBrowsed(CustomerRecord record)
    {
        var cursor = 0;
        while (record.NextSection(SectionKind.Cart, ref cursor, out var id, out var cart))
        {
            if (IsBrowsed(cart))
            {
                return id;
            }
        }

        return -1;
    }

    /// <summary>A cart is a higher stage than browsing, and cancels it.</summary>
    public static void RemoveBrowsed(CustomerRecord record)
    {
        if (FindBrowsed(record) is >= 0 and var browsed)
        {
            Remove(record, (ushort)browsed);
        }
    }

    /// <summary>The cart's section id; -1 when there is none.</summary>
    public static int Find(CustomerRecord record, ReadOnlySpan<byte> cartId)
    {
        var cursor = 0;
        while (record.NextSection(SectionKind.Cart, ref cursor, out var id, out var cart))
        {
            if (!IsBrowsed(cart) && Id(cart).SequenceEqual(cartId))
            {
                return id;
            }
        }

        return -1;
    }

    /// <summary>Makes an empty cart with every rule disarmed.</summary>
    public static ushort Create(
        CustomerRecord record, ReadOnlySpan<byte> cartId, ReadOnlySpan<uint> ruleHashes, long eventTimeMs,
        CartStage stage)
    {
        var id = FreeId(record);
        var length = CartHeader.SizeBytes + (ruleHashes.Length * RuleState.SizeBytes) + cartId.Length;
        var cart = record.ResizeSection(SectionKind.Cart, id, length);
        ref var header = ref Header(cart);
        header.CreatedMs = header.LastActivityMs = eventTimeMs;
        header.DueMs = long.MaxValue;
        header.OwnValueMinor = LineHeader.NoPrice;
        header.Stage = stage;
        header.RuleCount = (ushort)ruleHashes.Length;
        header.IdLength = (ushort)cartId.Length;
        var rules = Rules(cart);
        for (var i = 0; i < rules.Length; i++)
        {
            rules[i] = NewState(ruleHashes[i]);
        }

        cartId.CopyTo(cart[IdStart(cart)..]);
        return id;
    }

    /// <summary>Puts a cart under other rules: a rule that it was under keeps what it did, a new one is disarmed until the cart's next
    /// activity, and one that is gone is forgotten.</summary>
    public static void ChangeRules(CustomerRecord record, ushort id, ReadOnlySpan<uint> ruleHashes)
    {
        var before = record.Section(SectionKind.Cart, id).ToArray();
        var states = Rules(before);
        var rest = before.AsSpan(IdStart(before));
        var cart = record.ResizeSection(SectionKind.Cart, id, CartHeader.SizeBytes + (ruleHashes.Length * RuleState.SizeBytes) + rest.Length);
        Header(cart).RuleCount = (ushort)ruleHashes.Length;
        rest.CopyTo(cart[IdStart(cart)..]);
        var rules = Rules(cart);
        for (var i = 0; i < rules.Length; i++)
        {
            rules[i] = NewState(ruleHashes[i]);
            foreach (ref readonly var state in states)
            {
                if (state.RuleHash == ruleHashes[i])
                {
                    rules[i] = state;
                }
            }
        }
    }

    public static void Remove(CustomerRecord record, ushort id) => record.ResizeSection(SectionKind.Cart, id, 0);

    /// <summary>Puts items of a product into the cart, or sets the product's quantity. Items that name no product are a line of their
    /// own each time: nothing says that they are of one product.</summary>
    public static void Put(
        CustomerRecord record, ushort id, ReadOnlySpan<byte> product, int quantity, bool replaces, long priceMinor,
        long eventTimeMs)
    {
        var cart = record.Section(SectionKind.Cart, id);
        var at = cart.Length;
        if ((replaces || !product.IsEmpty) && TryFindLine(cart, product, out at))
        {
            ref var line = ref Line(cart, at);
            var isLatest = eventTimeMs >= line.AddedMs;
            line.Quantity = !replaces ? (int)Math.Min(int.MaxValue, (long)line.Quantity + quantity) : isLatest ? quantity : line.Quantity;
            line.PriceMinor = priceMinor == LineHeader.NoPrice || !isLatest ? line.PriceMinor : priceMinor;
            line.AddedMs = Math.Max(line.AddedMs, eventTimeMs);
            return;
        }

        at = cart.Length;
        var length = at + LineHeader.SizeBytes + product.Length;
        if (Header(cart).LineCount >= LinesMax || length > CartBytesMax)
        {
            return;
        }

        cart = record.ResizeSection(SectionKind.Cart, id, length);
        Header(cart).LineCount++;
        Line(cart, at) = new LineHeader
        {
            AddedMs = eventTimeMs, PriceMinor = priceMinor, Quantity = quantity, ProductLength = (ushort)product.Length,
        };
        product.CopyTo(cart[(at + LineHeader.SizeBytes)..]);
    }

    /// <summary>Takes out the lines whose products are not among those of the event. Lines that name no product go in any case: nothing
    /// says which of them they are.</summary>
    public static void Keep(CustomerRecord record, ushort id, in StorefrontEvent e, EventBatch batch)
    {
        var cart = record.Section(SectionKind.Cart, id);
        var at = LinesStart(cart);
        while (at < cart.Length)
        {
            var product = Product(cart, at);
            if (!product.IsEmpty && Has(batch.Lines(in e), product))
            {
                at = NextLine(cart, at);
            }
            else
            {
                RemoveLine(record, id, at);
                cart = record.Section(SectionKind.Cart, id);
            }
        }
    }

    /// <summary>Sets a product's quantity and price as a list of the whole cart has them. A line that did not grow has been there since it
    /// came: an order that comes late takes it.</summary>
    public static void Set(CustomerRecord record, ushort id, ReadOnlySpan<byte> product, int quantity, long priceMinor, long eventTimeMs)
    {
        var cart = record.Section(SectionKind.Cart, id);
        if (!product.IsEmpty && TryFindLine(cart, product, out var at) && Line(cart, at).Quantity >= quantity)
        {
            ref var line = ref Line(cart, at);
            line.Quantity = quantity;
            line.PriceMinor = priceMinor == LineHeader.NoPrice ? line.PriceMinor : priceMinor;
            return;
        }

        Put(record, id, product, quantity, !product.IsEmpty, priceMinor, eventTimeMs);
    }

    /// <summary>Takes items of a product out; the whole line for a quantity of 0. What came into the cart again after that
    /// instant stays: the removal comes late.</summary>
    public static void Take(CustomerRecord record, ushort id, ReadOnlySpan<byte> product, int quantity, long eventTimeMs)
    {
        var cart = record.Section(SectionKind.Cart, id);
        if (!TryFindLine(cart, product, out var at))
        {
            return;
        }

        ref var line = ref Line(cart, at);
        if (quantity > 0 && line.Quantity > quantity)
        {
            line.Quantity -= quantity;
        }
        else if (line.AddedMs <= eventTimeMs)
        {
            RemoveLine(record, id, at);
        }
    }

    /// <summary>Takes out what was in the cart at an instant: what an order at that instant bought.</summary>
    public static void TakeUntil(CustomerRecord record, ushort id, long eventTimeMs)
    {
        var cart = record.Section(SectionKind.Cart, id);
        var at = LinesStart(cart);
        while (at < cart.Length)
        {
            if (Line(cart, at).AddedMs <= eventTimeMs)
            {
                RemoveLine(record, id, at);
                cart = record.Section(SectionKind.Cart, id);
            }
            else
            {
                at = NextLine(cart, at);
            }
        }
    }

    /// <summary>Start of the first line; lines follow one another to the cart's end.</summary>
    public static int LinesStart(Span<byte> cart) => IdStart(cart) + Header(cart).IdLength;

    public static int NextLine(Span<byte> cart, int at) => at + LineHeader.SizeBytes + Line(cart, at).ProductLength;

    public static ref LineHeader Line(Span<byte> cart, int at) =>
        ref MemoryMarshal.AsRef<LineHeader>(cart.Slice(at, LineHeader.SizeBytes));

    public static ReadOnlySpan<byte> Product(Span<byte> cart, int at) =>
        cart.Slice(at + LineHeader.SizeBytes, Line(cart, at).ProductLength);

    private static RuleState NewState(uint ruleHash) => new()
    {
        RuleHash = ruleHash, ArmedAtMs = RuleState.Disarmed, FiredAtMs = RuleState.Disarmed, DeferredToMs = RuleState.Disarmed,
    };

    private static int IdStart(Span<byte> cart) =>
        CartHeader.SizeBytes + (Header(cart).RuleCount * RuleState.SizeBytes);

    private static bool TryFindLine(Span<byte> cart, ReadOnlySpan<byte> product, out int at)
    {
        for (at = LinesStart(cart); at < cart.Length; at = NextLine(cart, at))
        {
            if (Product(cart, at).SequenceEqual(product))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Has(LineReader lines, ReadOnlySpan<byte> product)
    {
        while (lines.Read())
        {
            if (lines.ProductId.SequenceEqual(product) && lines.Quantity is not <= 0)
            {
                return true;
            }
        }

        return false;
    }

    private static void RemoveLine(CustomerRecord record, ushort id, int at)
    {
        var cart = record.Section(SectionKind.Cart, id);
        var next = NextLine(cart, at);
        cart[next..].CopyTo(cart[at..]);
        Header(cart).LineCount--;
        record.ResizeSection(SectionKind.Cart, id, cart.Length - (next - at));
    }

    private static ushort FreeId(CustomerRecord record)
    {
        uint taken = 0;
        var oldest = ushort.MaxValue;
        var oldestActivity = long.MaxValue;
        var cursor = 0;
        while (record.NextSection(SectionKind.Cart, ref cursor, out var id, out var cart))
        {
            taken |= 1u << id;
            if (Header(cart).LastActivityMs < oldestActivity)
            {
                (oldest, oldestActivity) = (id, Header(cart).LastActivityMs);
            }
        }

        if (taken == uint.MaxValue)
        {
            Remove(record, oldest);
            return oldest;
        }

        return (ushort)System.Numerics.BitOperations.TrailingZeroCount(~taken);
    }
}
