using StreamSegmenter.Events;
using StreamSegmenter.Testing.Reference;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Triggers;

/// <summary>What the cart rules make of one customer's history that is in order, told with lists and dictionaries: stages, steps,
/// re-entry, caps, passive events, recoveries. Shares nothing with the engine but the rules' definitions.</summary>
internal sealed class NaiveShop(IReadOnlyList<CartAbandonmentRule> rules, long horizonMs)
{
    private readonly NaiveShopCart?[] _carts = new NaiveShopCart?[32];
    private readonly List<NaiveSent> _sent = [];
    private readonly Dictionary<string, long> _firedAtMs = [];
    private long? _orderedAtMs;

    /// <summary>As <c>200 emitted rule-1 step=1 cart=c1 armed=100 items=2</c>.</summary>
    public List<string> Said { get; } = [];

    public int Pending => Carts.Sum(cart => cart.Rules.Values.Count(state => state.ArmedMs is not null));

    public int SentCount => _sent.Count;

    private IEnumerable<NaiveShopCart> Carts => _carts.OfType<NaiveShopCart>();

    private bool HasBrowseRule => rules.Any(rule => rule.Stage == CartStage.Browse);

    public void LetTimePass(long untilMs)
    {
        while (Carts.SelectMany(DueTimes).DefaultIfEmpty(long.MaxValue).Min() is var nowMs && nowMs <= untilMs)
        {
            for (var slot = 0; slot < _carts.Length; slot++)
            {
                if (_carts[slot] is not { } cart)
                {
                    continue;
                }

                foreach (var rule in rules.Where(rule => DueMs(cart, rule) <= nowMs))
                {
                    Fire(cart, rule);
                }

                _carts[slot] = cart.LastMs + horizonMs <= nowMs ? null : cart;
            }
        }
    }

    public void Apply(Fact fact)
    {
        if (fact.Type == EventTypes.OrderCompleted)
        {
            Order(fact);
        }
        else if (NaiveShopCart.Touches(fact.Type))
        {
            Change(fact);
        }
        else if (fact.Type == EventTypes.ProductViewed && HasBrowseRule && Carts.All(cart => cart.IsBrowsed))
        {
            var browsed = Carts.FirstOrDefault() ?? Open(new NaiveShopCart("", CartStage.Browse));
            browsed.Items[fact.Product] = 1;
            Rearm(browsed, fact.TimeMs);
        }
        else
        {
            foreach (var cart in Carts.Where(cart => fact.CartId == "" || cart.Id == fact.CartId))
            {
                foreach (var rule in rules.Where(rule => rule.RearmOnAny || rule.RearmOn.Contains(fact.Type)))
                {
                    cart.Of(rule).ArmedMs = cart.Of(rule).ArmedMs is null ? null : fact.TimeMs;
                }
            }
        }
    }

    private static long DueMs(NaiveShopCart cart, CartAbandonmentRule rule) =>
        cart.Of(rule).ArmedMs is { } armedMs ? armedMs + rule.StepsMs[cart.Of(rule).Step] : long.MaxValue;

    private IEnumerable<long> DueTimes(NaiveShopCart cart) => rules.Select(rule => DueMs(cart, rule)).Append(cart.LastMs + horizonMs);

    private void Fire(NaiveShopCart cart, CartAbandonmentRule rule)
    {
        var state = cart.Of(rule);
        var atMs = DueMs(cart, rule);
        var isUnderWay = state.Step > 0 && state.HasFired;
        var kind = !isUnderWay && IsResting(rule, atMs) ? "Reentry"
            : cart.Items.Values.Sum() < rule.ItemsMin ? "TooFewItems"
            : rule.FrequencyCap is { } cap && _sent.Count(sent => sent.Rule == rule && sent.AtMs > atMs - cap.PeriodMs) >= cap.Max
                ? "FrequencyCap" : "Emitted";
        Said.Add($"{atMs} {kind} {rule.Id} step={state.Step + 1} cart={cart.Id} armed={state.ArmedMs} items={cart.Items.Values.Sum()}");
        if (kind == "Emitted")
        {
            _sent.Add(new NaiveSent(rule, cart.Id, cart.Stage, state.Step + 1, atMs));
            _firedAtMs[rule.Id] = atMs;
            state.HasFired = true;
        }

        state.Step++;
        if (state.Step == rule.StepsMs.Count)
        {
            state.Disarm();
        }
    }

    private bool IsResting(CartAbandonmentRule rule, long atMs) => _firedAtMs.TryGetValue(rule.Id, out var firedMs)
        && (rule.Reentry == Reentry.Never || (rule.Reentry == Reentry.AfterCooldown && atMs < firedMs + rule.CooldownMs));

    private void Order(Fact order)
    {
        var isKnown = Carts.Any(cart => !cart.IsBrowsed && cart.Id == order.CartId) || _sent.Exists(sent => sent.CartId == order.CartId);
        var cartId = isKnown ? order.CartId : "";
        for (var slot = 0; slot < _carts.Length; slot++)
        {
            if (_carts[slot] is { } cart && (order.CartId == "" || cart.IsBrowsed || cart.Id == cartId))
            {
                _carts[slot] = null;
            }
        }

        foreach (var rule in rules)
        {
            foreach (var cart in rule.OrderTakesAllCarts ? Carts : [])
            {
                cart.Of(rule).Disarm();
            }

            Recover(rule, order, cartId);
        }

        _orderedAtMs = order.TimeMs;
    }

    private void Recover(CartAbandonmentRule rule, Fact order, string cartId)
    {
        var last = _sent.Where(sent => sent.Rule == rule && !sent.IsDone && order.TimeMs <= sent.AtMs + rule.AttributionMs
                && (!rule.RecoveredByCart || order.CartId == "" || rule.OrderTakesAllCarts || sent.Stage == CartStage.Browse || sent.CartId == cartId))
            .OrderBy(sent => sent.AtMs).LastOrDefault();
        if (last is null || rule.AttributionMs == 0)
        {
            return;
        }

        Said.Add($"{order.TimeMs} Recovered {rule.Id} step={last.Step} cart={last.CartId} fired={last.AtMs}");
        foreach (var sent in _sent.Where(sent => sent == last || (sent.Rule == rule && sent.CartId == last.CartId && sent.AtMs < last.AtMs)))
        {
            sent.IsDone = true;
        }
    }

    private void Change(Fact fact)
    {
        var cart = Carts.FirstOrDefault(cart => !cart.IsBrowsed && cart.Id == fact.CartId);
        var addsNothing = fact.Quantity == 0 && (fact.Type == EventTypes.ProductAdded || fact.Type == EventTypes.ProductRemoved);
        if (addsNothing || (cart is null && !Opens(fact)))
        {
            return;
        }

        for (var slot = 0; slot < _carts.Length; slot++)
        {
            _carts[slot] = _carts[slot] is { IsBrowsed: true } ? null : _carts[slot];
        }

        cart ??= Open(new NaiveShopCart(fact.CartId, CartStage.Cart));
        if (cart.IsEmptiedBy(fact))
        {
            _carts[Array.IndexOf(_carts, cart)] = null;
            return;
        }

        Rearm(cart, fact.TimeMs);
    }

    private bool Opens(Fact fact)
    {
        var mayBegin = _orderedAtMs is null || fact.TimeMs - _orderedAtMs > 60_000;
        return fact.Type == EventTypes.ProductAdded ? fact.Quantity is null or > 0
            : fact.Type == EventTypes.QuantityChanged ? mayBegin && fact.Quantity > 0
            : fact.Type == EventTypes.CheckoutStarted ? mayBegin
            : fact.Type == EventTypes.CheckoutStepCompleted && mayBegin && rules.Any(rule => rule.Stage == CartStage.Checkout);
    }

    private NaiveShopCart Open(NaiveShopCart cart) => _carts[Array.IndexOf(_carts, null)] = cart;

    private void Rearm(NaiveShopCart cart, long timeMs)
    {
        cart.LastMs = timeMs;
        CartStage? inCharge = rules.Any(rule => rule.Stage <= cart.Stage)
            ? rules.Where(rule => rule.Stage <= cart.Stage).Max(rule => rule.Stage)
            : null;
        foreach (var rule in rules)
        {
            var state = cart.Of(rule);
            if (rule.Stage != inCharge)
            {
                state.Disarm();
            }
            else if (state.ArmedMs is not null || (rule.Reentry == Reentry.PerNewCart ? !state.HasFired : !IsResting(rule, timeMs)))
            {
                state.Step = rule.Reentry == Reentry.AtOnce && timeMs != state.ArmedMs ? 0 : state.Step;
                state.ArmedMs = timeMs;
            }
        }
    }

    private sealed class NaiveSent(CartAbandonmentRule rule, string cartId, CartStage stage, int step, long atMs)
    {
        public CartAbandonmentRule Rule => rule;

        public string CartId => cartId;

        public CartStage Stage => stage;

        public int Step => step;

        public long AtMs => atMs;

        public bool IsDone { get; set; }
    }
}

/// <summary>A cart of it.</summary>
internal sealed class NaiveShopCart(string id, CartStage stage)
{
    public string Id => id;

    public CartStage Stage { get; private set; } = stage;

    public bool IsBrowsed => Stage == CartStage.Browse;

    public long LastMs { get; set; }

    public Dictionary<string, int> Items { get; } = [];

    public Dictionary<string, State> Rules { get; } = [];

    public static bool Touches(EventType type) => type == EventTypes.ProductAdded || type == EventTypes.QuantityChanged
        || type == EventTypes.CheckoutStarted || type == EventTypes.CheckoutStepCompleted || type == EventTypes.ProductRemoved
        || type == EventTypes.PaymentFailed;

    public State Of(CartAbandonmentRule rule)
    {
        Rules.TryAdd(rule.Id, new State());
        return Rules[rule.Id];
    }

    public bool IsEmptiedBy(Fact fact)
    {
        var before = Items.GetValueOrDefault(fact.Product);
        if (fact.Type == EventTypes.CheckoutStarted || fact.Type == EventTypes.CheckoutStepCompleted)
        {
            Stage = CartStage.Checkout;
        }
        else if (fact.Type == EventTypes.ProductAdded && fact.Quantity is not < 0)
        {
            Items[fact.Product] = before + (fact.Quantity ?? 1);
        }
        else if (fact.Type == EventTypes.QuantityChanged && fact.Quantity is null or > 0)
        {
            Items[fact.Product] = fact.Quantity ?? before;
            _ = Items[fact.Product] > 0 || Items.Remove(fact.Product);
        }
        else if (fact.Type != EventTypes.PaymentFailed)
        {
            var after = fact.Type == EventTypes.QuantityChanged || fact.Quantity is null ? 0 : before - Math.Abs(fact.Quantity.Value);
            _ = after > 0 ? Items[fact.Product] = after : Items.Remove(fact.Product) ? 0 : 0;
            return Items.Count == 0;
        }

        return false;
    }

    internal sealed class State
    {
        public long? ArmedMs { get; set; }

        public int Step { get; set; }

        public bool HasFired { get; set; }

        public void Disarm()
        {
            ArmedMs = null;
            Step = 0;
        }
    }
}
