using StreamSegmenter.Events;

namespace StreamSegmenter.Triggers;

/// <summary>What an event type does to a cart.</summary>
internal enum CartAction : byte
{
    None,
    Add,
    Remove,
    SetQuantity,
    Checkout,
    PaymentFailed,
    Order,
}

internal static class CartActions
{
    private static readonly CartAction[] ByType = Build();

    public static CartAction Of(EventType type) => type.Id < ByType.Length ? ByType[type.Id] : CartAction.None;

    private static CartAction[] Build()
    {
        var actions = new CartAction[EventTypes.WellKnown.Count + 1];
        actions[EventTypes.ProductAdded.Id] = CartAction.Add;
        actions[EventTypes.ProductRemoved.Id] = CartAction.Remove;
        actions[EventTypes.QuantityChanged.Id] = CartAction.SetQuantity;
        actions[EventTypes.CheckoutStarted.Id] = CartAction.Checkout;
        actions[EventTypes.CheckoutStepCompleted.Id] = CartAction.Checkout;
        actions[EventTypes.PaymentFailed.Id] = CartAction.PaymentFailed;
        actions[EventTypes.OrderCompleted.Id] = CartAction.Order;
        return actions;
    }
}
