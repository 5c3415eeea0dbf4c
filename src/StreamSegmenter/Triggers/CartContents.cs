using StreamSegmenter.Customers;
using StreamSegmenter.Events;

namespace StreamSegmenter.Triggers;

/// <summary>What an event does to the lines of a cart, product by product; and what the shop itself says that the cart is worth, which
/// counts where no line has a price.</summary>
internal static class CartContents
{
    public static void Change(
        CustomerRecord record, ushort id, CartAction action, in StorefrontEvent e, EventBatch batch, TriggerOutput output)
    {
        switch (action)
        {
            case CartAction.Checkout or CartAction.CheckoutStep:
                CartSections.Header(record.Section(SectionKind.Cart, id)).Stage = CartStage.Checkout;
                if (!e.Lines.IsEmpty)
                {
                    Replace(record, id, in e, batch, output);
                }

                SetOwnValue(record, id, in e);
                break;
            case CartAction.Replace:
                if (e.Has(EventFields.Items))
                {
                    Replace(record, id, in e, batch, output);
                }

                SetOwnValue(record, id, in e);
                break;
            case CartAction.Add or CartAction.Remove or CartAction.SetQuantity:
                ChangeLines(record, id, action, in e, batch, output);
                break;
            default:
                break;
        }
    }

    /// <summary>Adds what somebody without a cart looked at.</summary>
    public static void Look(CustomerRecord record, ushort id, in StorefrontEvent e, EventBatch batch)
    {
        var lines = batch.Lines(in e);
        while (lines.Read())
        {
            ref var header = ref CartSections.Header(record.Section(SectionKind.Cart, id));
            CartSections.Put(record, id, lines.ProductId, 1, true, PriceIn(ref header, in e, lines.PriceMinor), e.EventTimeMs);
        }
    }

    private static void ChangeLines(
        CustomerRecord record, ushort id, CartAction action, in StorefrontEvent e, EventBatch batch, TriggerOutput output)
    {
        var lines = batch.Lines(in e);
        var hasPrice = false;
        var adds = false;
        while (lines.Read())
        {
            var change = CartChange.Of(action, lines.Quantity);
            hasPrice |= lines.PriceMinor is not null;
            if (change.Action == CartAction.Remove)
            {
                CartSections.Take(record, id, lines.ProductId, change.Quantity, e.EventTimeMs);
                CartSections.Header(record.Section(SectionKind.Cart, id)).OwnValueMinor = LineHeader.NoPrice;
            }
            else if (change.Quantity > 0)
            {
                adds = true;
                Put(record, id, in lines, change, in e, batch, output);
            }
        }

        if (adds && action == CartAction.Add && !hasPrice)
        {
            AddOwnValue(record, id, in e);
        }
    }

    private static void Put(
        CustomerRecord record, ushort id, in LineReader line, CartChange change, in StorefrontEvent e, EventBatch batch, TriggerOutput output)
    {
        ref var header = ref CartSections.Header(record.Section(SectionKind.Cart, id));
        ReportMixed(ref header, in e, line.PriceMinor, batch, output);
        CartSections.Put(
            record, id, line.ProductId, change.Quantity, change.Action == CartAction.SetQuantity, PriceIn(ref header, in e, line.PriceMinor),
            e.EventTimeMs);
    }

    // A list that comes late says what the cart was; what has happened since is not in it.
    private static void Replace(CustomerRecord record, ushort id, in StorefrontEvent e, EventBatch batch, TriggerOutput output)
    {
        if (e.EventTimeMs < CartSections.Header(record.Section(SectionKind.Cart, id)).LastActivityMs)
        {
            return;
        }

        CartSections.Keep(record, id, in e, batch);
        if (e.Lines.IsEmpty)
        {
            return;
        }

        var lines = batch.Lines(in e);
        while (lines.Read())
        {
            if (lines.Quantity is not <= 0)
            {
                ref var header = ref CartSections.Header(record.Section(SectionKind.Cart, id));
                ReportMixed(ref header, in e, lines.PriceMinor, batch, output);
                CartSections.Set(
                    record, id, lines.ProductId, lines.Quantity ?? 1, PriceIn(ref header, in e, lines.PriceMinor), e.EventTimeMs);
            }
        }
    }

    private static void SetOwnValue(CustomerRecord record, ushort id, in StorefrontEvent e)
    {
        ref var header = ref CartSections.Header(record.Section(SectionKind.Cart, id));
        if (e.Has(EventFields.Total) && e.EventTimeMs >= header.LastActivityMs && IsIn(ref header, in e))
        {
            header.OwnValueMinor = e.TotalMinor;
        }
    }

    // The total of an addition is what was added.
    private static void AddOwnValue(CustomerRecord record, ushort id, in StorefrontEvent e)
    {
        ref var header = ref CartSections.Header(record.Section(SectionKind.Cart, id));
        if (e.Has(EventFields.Total) && IsIn(ref header, in e))
        {
            header.OwnValueMinor = header.OwnValueMinor == LineHeader.NoPrice ? e.TotalMinor : header.OwnValueMinor + e.TotalMinor;
        }
    }

    /// <summary>A price, if it is in the cart's currency: amounts of different currencies are never summed.</summary>
    private static long PriceIn(ref CartHeader header, in StorefrontEvent e, long? priceMinor) =>
        priceMinor is { } price && IsIn(ref header, in e) ? price : LineHeader.NoPrice;

    private static bool IsIn(ref CartHeader header, in StorefrontEvent e)
    {
        if (header.Currency.IsNone)
        {
            header.Currency = e.Currency;
        }

        return header.Currency == e.Currency;
    }

    private static void ReportMixed(
        ref CartHeader header, in StorefrontEvent e, long? priceMinor, EventBatch batch, TriggerOutput output)
    {
        if (priceMinor is null || header.Currency.IsNone || header.Currency == e.Currency)
        {
            return;
        }

        header.Flags |= CartFlags.MixedCurrency;
        output.Problems.Add(EventProblem.Of(
            in e, batch, $"a price in {e.Currency} came into a cart that is in {header.Currency}: amounts of different currencies "
            + "are not summed, the cart has no total until it is ordered or emptied; send prices in the shop's currency"));
    }
}
