using StreamSegmenter.Events;

namespace StreamSegmenter.Triggers;

/// <summary>What a cart is worth.</summary>
/// <param name="TotalMinor">The lines' sum, or where no line has a price what the shop itself said; null when that is not known either, when prices came in different currencies, or when no 64 bits hold it.</param>
/// <param name="PriceMaxMinor">The dearest item; null when no line has a price.</param>
internal readonly record struct CartValue(long Items, long? TotalMinor, long? PriceMaxMinor, Currency Currency)
{
    public static CartValue Of(Span<byte> cart)
    {
        long items = 0;
        Int128? total = null;
        long? dearest = null;
        for (var at = CartSections.LinesStart(cart); at < cart.Length; at = CartSections.NextLine(cart, at))
        {
            ref readonly var line = ref CartSections.Line(cart, at);
            items += line.Quantity;
            if (line.PriceMinor != LineHeader.NoPrice)
            {
                total = (total ?? 0) + ((Int128)line.PriceMinor * line.Quantity);
                dearest = Math.Max(dearest ?? long.MinValue, line.PriceMinor);
            }
        }

        ref readonly var header = ref CartSections.Header(cart);
        total ??= header.OwnValueMinor == LineHeader.NoPrice ? null : header.OwnValueMinor;
        var isMixed = (header.Flags & CartFlags.MixedCurrency) != 0;
        return new CartValue(items, isMixed || total > long.MaxValue || total < long.MinValue ? null : (long?)total, dearest, header.Currency);
    }
}
