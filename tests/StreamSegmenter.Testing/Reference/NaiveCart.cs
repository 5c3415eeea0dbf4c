using StreamSegmenter.Events;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Testing.Reference;

/// <summary>A cart as lists and dictionaries.</summary>
internal sealed class NaiveCart(string id, long createdMs)
{
    public string Id => id;

    public long CreatedMs { get; } = createdMs;

    public long LastActivityMs { get; private set; } = createdMs;

    public CartStage Stage { get; private set; } = CartStage.Cart;

    public string? Currency { get; private set; }

    public List<(string Product, int Quantity, long? PriceMinor)> Lines { get; } = [];

    /// <summary>By rule, while armed: since when, and the next step.</summary>
    public Dictionary<string, (long AtMs, int Step)> Armed { get; } = [];

    public HashSet<string> Fired { get; } = [];

    /// <summary>Prices that came in another currency than the first one.</summary>
    public int MixedPrices { get; private set; }

    // What the shop says that the cart is worth; it counts where no line has a price.
    private long? _ownMinor;

    public long? TotalMinor => MixedPrices > 0 ? null
        : Lines.Any(line => line.PriceMinor is not null) ? Lines.Sum(line => (line.PriceMinor ?? 0) * line.Quantity)
        : _ownMinor;

    public static bool Changes(EventType type) =>
        type == EventTypes.ProductAdded || type == EventTypes.ProductRemoved || type == EventTypes.QuantityChanged
        || type == EventTypes.CheckoutStarted || type == EventTypes.PaymentFailed;

    /// <summary>Whether the event makes a cart.</summary>
    /// <param name="orderedAtMs">The customer's last order, around which a shop's code reports what is over.</param>
    public static bool Opens(Fact fact, long? orderedAtMs)
    {
        var mayBegin = orderedAtMs is null || fact.TimeMs - orderedAtMs > 60_000;
        return fact.Type == EventTypes.ProductAdded ? fact.Quantity is null or > 0
            : mayBegin && (fact.Type == EventTypes.QuantityChanged ? fact.Quantity > 0 : fact.Type == EventTypes.CheckoutStarted);
    }

    /// <summary>Takes the event in; true when it emptied the cart.</summary>
    public bool Take(Fact fact)
    {
        LastActivityMs = fact.TimeMs;
        var at = Lines.FindIndex(line => line.Product == fact.Product);
        var removes = fact.Type == EventTypes.ProductRemoved || (fact.Type == EventTypes.QuantityChanged && fact.Quantity <= 0)
            || (fact.Type == EventTypes.ProductAdded && fact.Quantity < 0);
        if (removes)
        {
            _ownMinor = fact.Quantity == 0 && fact.Type != EventTypes.QuantityChanged ? _ownMinor : null;
            var takesSome = fact.Type != EventTypes.QuantityChanged && fact.Quantity is not null;
            var remaining = takesSome && at >= 0 ? Lines[at].Quantity - Math.Abs(fact.Quantity!.Value) : 0;
            if (at >= 0 && remaining > 0)
            {
                Lines[at] = Lines[at] with { Quantity = remaining };
            }
            else if (at >= 0)
            {
                Lines.RemoveAt(at);
            }

            return Lines.Count == 0;
        }

        if (fact.Type == EventTypes.CheckoutStarted)
        {
            Stage = CartStage.Checkout;
            _ownMinor = OwnOf(fact) ?? _ownMinor;
        }
        else if (fact.Type == EventTypes.ProductAdded)
        {
            // What names no product is a line of its own.
            at = fact.Product.Length == 0 ? -1 : at;
            Put(fact, at, (fact.Quantity ?? 1) + (at < 0 ? 0 : Lines[at].Quantity));
            _ownMinor = fact.PriceMinor is null && OwnOf(fact) is { } added ? (_ownMinor ?? 0) + added : _ownMinor;
        }
        else if (fact.Type == EventTypes.QuantityChanged && fact.Quantity is { } set)
        {
            Put(fact, at, set);
        }

        return false;
    }

    private long? OwnOf(Fact fact)
    {
        if (fact.TotalMinor is null)
        {
            return null;
        }

        Currency ??= fact.Currency;
        return Currency == fact.Currency ? fact.TotalMinor : null;
    }

    private void Put(Fact fact, int at, int quantity)
    {
        long? price = null;
        if (fact.PriceMinor is not null)
        {
            Currency ??= fact.Currency;
            price = Currency == fact.Currency ? fact.PriceMinor : null;
            MixedPrices += Currency == fact.Currency ? 0 : 1;
        }

        if (at < 0)
        {
            Lines.Add((fact.Product, quantity, price));
        }
        else
        {
            Lines[at] = (fact.Product, quantity, price ?? Lines[at].PriceMinor);
        }
    }
}
