using StreamSegmenter.Events;

namespace StreamSegmenter.Triggers;

/// <summary>What an event type does to a cart.</summary>
internal enum CartAction : byte
{
    None,
    Add,
    Remove,
    SetQuantity,

    /// <summary>A checkout began: it opens a cart, also one without lines.</summary>
    Checkout,

    /// <summary>A later step of a checkout: it opens a cart only where a rule is for the checkout.</summary>
    CheckoutStep,
    PaymentFailed,

    /// <summary>The event's items are the cart.</summary>
    Replace,
    Order,

    /// <summary>A product was looked at: activity for rules of the browse stage.</summary>
    View,
}

internal static class CartActions
{
    private static readonly CartAction[] ByType = Build();

    /// <param name="withBrowse">Views are activity only where some rule is for the browse stage.</param>
    public static CartAction Of(EventType type, bool withBrowse)
    {
        var action = type.Id < ByType.Length ? ByType[type.Id] : CartAction.None;
        return action == CartAction.View && !withBrowse ? CartAction.None : action;
    }

    private static CartAction[] Build()
    {
        var actions = new CartAction[EventTypes.WellKnown.Count + 1];
        actions[EventTypes.ProductViewed.Id] = CartAction.View;
        actions[EventTypes.ProductAdded.Id] = CartAction.Add;
        actions[EventTypes.ProductRemoved.Id] = CartAction.Remove;
        actions[EventTypes.QuantityChanged.Id] = CartAction.SetQuantity;
        actions[EventTypes.CartReplaced.Id] = CartAction.Replace;
        actions[EventTypes.CheckoutStarted.Id] = CartAction.Checkout;
        actions[EventTypes.CheckoutStepCompleted.Id] = CartAction.CheckoutStep;
        actions[EventTypes.PaymentFailed.Id] = CartAction.PaymentFailed;
        actions[EventTypes.OrderCompleted.Id] = CartAction.Order;
        return actions;
    }
}
