using StreamSegmenter.Customers;
using StreamSegmenter.Events;

namespace StreamSegmenter.Triggers;

/// <summary>What an event means for a cart, once its quantity is read: to add 0 changes nothing, to add −2 takes 2 out, and to set
/// 0 takes the line out.</summary>
/// <param name="Quantity">Items to add, to take out or to have. Of <see cref="CartAction.Remove"/> 0: the whole line. Of
/// <see cref="CartAction.SetQuantity"/> 0: the event names none, so it is activity and no change. Of a
/// checkout 1: it brings the cart's items. Of <see cref="CartAction.Replace"/> 1: the items are the cart, 0: it is empty, <see cref="NoItems"/>: it is activity.</param>
internal readonly record struct CartChange(CartAction Action, int Quantity)
{
    /// <summary>For so long after an order, what a shop's code reports of the checkout and of quantities is about the cart that was
    /// ordered, and opens none. To add a product opens one at once.</summary>
    public const long OrderTailMs = 60_000;

    /// <summary>Quantity of a <see cref="CartAction.Replace"/> whose record had no list: nothing says what is in the cart.</summary>
    public const int NoItems = -1;

    /// <summary>What an event means as a whole: for one with items, that of the first item that comes into the cart, else of the first
    /// that changes anything.</summary>
    public static CartChange Of(CartAction action, in StorefrontEvent e, EventBatch batch)
    {
        if (action == CartAction.Replace)
        {
            return new CartChange(action, !e.Lines.IsEmpty ? 1 : e.Has(EventFields.Items) ? 0 : NoItems);
        }

        if (action is CartAction.Checkout or CartAction.CheckoutStep)
        {
            return new CartChange(action, e.Lines.IsEmpty ? 0 : 1);
        }

        var lines = batch.Lines(in e);
        CartChange first = default;
        while (lines.Read())
        {
            var change = Of(action, lines.Quantity);
            if (change.Action is not (CartAction.None or CartAction.Remove))
            {
                return change;
            }

            first = first.Action == CartAction.None ? change : first;
        }

        return first;
    }

    /// <summary>What an event means for one product.</summary>
    public static CartChange Of(CartAction action, int? quantity) => (action, quantity) switch
    {
        (CartAction.Add, null) => new CartChange(CartAction.Add, 1),
        (CartAction.Add or CartAction.Remove, 0) => default,
        (CartAction.Add, < 0) => new CartChange(CartAction.Remove, Magnitude(quantity.Value)),
        (CartAction.Remove, { } taken) => new CartChange(CartAction.Remove, Magnitude(taken)),
        (CartAction.SetQuantity, <= 0) => new CartChange(CartAction.Remove, 0),
        _ => new CartChange(action, quantity ?? 0),
    };

    /// <summary>Whether it makes a cart where there is none.</summary>
    /// <param name="withCheckout">A rule is for the checkout: each of its steps counts.</param>
    public bool Opens(in CustomerHeader header, long eventTimeMs, bool withCheckout) => Action switch
    {
        CartAction.Add => true,
        CartAction.SetQuantity => Quantity > 0 && !IsBehindOrder(in header, eventTimeMs),
        CartAction.Replace => Quantity > 0 && !IsBehindOrder(in header, eventTimeMs),
        CartAction.Checkout => !IsBehindOrder(in header, eventTimeMs),
        CartAction.CheckoutStep => (withCheckout || Quantity > 0) && !IsBehindOrder(in header, eventTimeMs),
        _ => false,
    };

    private static bool IsBehindOrder(in CustomerHeader header, long eventTimeMs) => header.Orders > 0
        && eventTimeMs >= header.LastOrderMs && eventTimeMs - header.LastOrderMs <= OrderTailMs;

    private static int Magnitude(int quantity) => quantity == int.MinValue ? int.MaxValue : Math.Abs(quantity);
}
