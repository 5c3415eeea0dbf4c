using StreamSegmenter.Customers;
using StreamSegmenter.Events;

namespace StreamSegmenter.Triggers;

/// <summary>What an event means for a cart, once its quantity is read: to add 0 changes nothing, to add −2 takes 2 out, and to set
/// 0 takes the line out.</summary>
/// <param name="Quantity">Items to add, to take out or to have. Of <see cref="CartAction.Remove"/> 0: the whole line. Of
/// <see cref="CartAction.SetQuantity"/> 0: the event names none, so it is activity and no change.</param>
internal readonly record struct CartChange(CartAction Action, int Quantity)
{
    /// <summary>For so long after an order, what a shop's code reports of the checkout and of quantities is about the cart that was
    /// ordered, and opens none. To add a product opens one at once.</summary>
    public const long OrderTailMs = 60_000;

    public static CartChange Of(CartAction action, in StorefrontEvent e)
    {
        int? quantity = e.Has(EventFields.Quantity) ? e.Quantity : null;
        return (action, quantity) switch
        {
            (CartAction.Add, null) => new CartChange(CartAction.Add, 1),
            (CartAction.Add or CartAction.Remove, 0) => default,
            (CartAction.Add, < 0) => new CartChange(CartAction.Remove, Magnitude(quantity.Value)),
            (CartAction.Remove, { } taken) => new CartChange(CartAction.Remove, Magnitude(taken)),
            (CartAction.SetQuantity, <= 0) => new CartChange(CartAction.Remove, 0),
            _ => new CartChange(action, quantity ?? 0),
        };
    }

    /// <summary>Whether it makes a cart where there is none.</summary>
    /// <param name="withCheckout">A rule is for the checkout: each of its steps counts.</param>
    public bool Opens(in CustomerHeader header, long eventTimeMs, bool withCheckout) => Action switch
    {
        CartAction.Add => true,
        CartAction.SetQuantity => Quantity > 0 && !IsBehindOrder(in header, eventTimeMs),
        CartAction.Checkout => !IsBehindOrder(in header, eventTimeMs),
        CartAction.CheckoutStep => withCheckout && !IsBehindOrder(in header, eventTimeMs),
        _ => false,
    };

    private static bool IsBehindOrder(in CustomerHeader header, long eventTimeMs) => header.Orders > 0
        && eventTimeMs >= header.LastOrderMs && eventTimeMs - header.LastOrderMs <= OrderTailMs;

    private static int Magnitude(int quantity) => quantity == int.MinValue ? int.MaxValue : Math.Abs(quantity);
}
