using StreamSegmenter.Customers;
using StreamSegmenter.Definitions;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Triggers;

/// <summary>Keeps a customer's carts and arms their deadlines. Activity in a cart (add, remove, quantity, checkout, failed
/// payment) re-arms every rule at the event's time; passive events move a deadline that is pending, where the rule
/// says so; an order takes what was in the cart, and an empty cart is gone with its deadlines.
/// <see cref="CartDeadlines"/> fires them.</summary>
public sealed class CartAbandonmentProgram
{
    private readonly CompiledRule[] _rules;
    private readonly uint[] _ruleHashes;
    private readonly long _horizonMs;
    private readonly CartDeadlines _deadlines;

    public CartAbandonmentProgram(StorefrontDefinitions definitions, SegmentProgram segments)
    {
        _horizonMs = definitions.CartHorizonMs;
        _rules = [.. definitions.CartAbandonment.Select(rule => new CompiledRule(
            rule, IndexOf(segments, rule.InSegment), IndexOf(segments, rule.NotInSegment)))];
        _ruleHashes = [.. _rules.Select(rule => rule.Hash)];
        _deadlines = new CartDeadlines(_rules, definitions, segments);
    }

    /// <summary>Rules in the order of the configuration.</summary>
    public IReadOnlyList<string> RuleIds => [.. _rules.Select(rule => rule.Rule.Id)];

    /// <summary>Folds one event into the customer's carts. <c>Header.CartsDueMs</c> is right afterwards.</summary>
    /// <returns>By how much the number of armed deadlines changed.</returns>
    public int Apply(CustomerRecord record, in StorefrontEvent e, EventBatch batch)
    {
        if (_rules.Length == 0)
        {
            return 0;
        }

        var action = CartActions.Of(e.Type);
        var hasCarts = record.Header.CartsDueMs != long.MaxValue;
        if (!hasCarts && action is CartAction.None or CartAction.Remove or CartAction.PaymentFailed or CartAction.Order)
        {
            return 0;
        }

        var before = hasCarts ? CountArmed(record) : 0;
        switch (action)
        {
            case CartAction.None:
                Passive(record, in e, batch);
                break;
            case CartAction.Order:
                Order(record, in e, batch);
                break;
            default:
                Activity(record, action, in e, batch);
                break;
        }

        _deadlines.Schedule(record);
        return CountArmed(record) - before;
    }

    /// <summary>Fires the deadlines that are due at this instant and forgets the carts whose horizon has passed.</summary>
    /// <returns>By how much the number of armed deadlines changed.</returns>
    public int FireDue(
        CustomerRecord record, ReadOnlySpan<byte> customerKey, long nowMs, List<CartAbandoned> triggers) =>
        _deadlines.FireDue(record, customerKey, nowMs, triggers);

    /// <summary>The customer's carts, spelled out.</summary>
    public IReadOnlyList<CartView> Describe(CustomerRecord record) => CartDescription.Describe(record, _rules, _horizonMs);

    /// <summary>Deadlines that are armed in this record.</summary>
    public static int CountArmed(CustomerRecord record)
    {
        var armed = 0;
        var cursor = 0;
        while (record.NextSection(SectionKind.Cart, ref cursor, out _, out var cart))
        {
            foreach (ref readonly var rule in CartBook.Rules(cart))
            {
                armed += rule.IsArmed ? 1 : 0;
            }
        }

        return armed;
    }

    private static int IndexOf(SegmentProgram segments, string? id)
    {
        for (var i = 0; id is not null && i < segments.SegmentIds.Count; i++)
        {
            if (segments.SegmentIds[i] == id)
            {
                return i;
            }
        }

        return -1;
    }

    private void Activity(CustomerRecord record, CartAction action, in StorefrontEvent e, EventBatch batch)
    {
        var cartId = batch.Text(in e, e.CartId);
        var found = CartBook.Find(record, cartId);
        var opens = action is CartAction.Add or CartAction.Checkout or CartAction.SetQuantity;
        if (found < 0 && (!opens || IsOlderThanOrder(record, in e)))
        {
            return;
        }

        var id = found < 0 ? CartBook.Create(record, cartId, _ruleHashes, e.EventTimeMs) : (ushort)found;
        Change(record, id, action, in e, batch);
        var cart = record.Section(SectionKind.Cart, id);
        ref var header = ref CartBook.Header(cart);
        var emptied = action is CartAction.Remove or CartAction.SetQuantity && header.LineCount == 0;
        if (emptied)
        {
            CartBook.Remove(record, id);
            return;
        }

        header.CreatedMs = Math.Min(header.CreatedMs, e.EventTimeMs);
        header.LastActivityMs = Math.Max(header.LastActivityMs, e.EventTimeMs);
        var states = CartBook.Rules(cart);
        foreach (ref var state in states)
        {
            var rule = RuleOf(state.RuleHash);
            if (rule is not null && MayArm(record, rule, in state, e.EventTimeMs))
            {
                Arm(ref state, rule, header.LastActivityMs);
            }
        }
    }

    /// <summary>Counts the deadline from the cart's last activity. An event that came late therefore neither arms for an
    /// instant before that, nor fires again what has fired.</summary>
    private static void Arm(ref RuleState state, CompiledRule rule, long lastActivityMs)
    {
        var fromMs = Math.Max(state.ArmedAtMs, lastActivityMs);
        if (!state.HasFired || fromMs + rule.Rule.AfterMs > state.FiredAtMs)
        {
            state.ArmedAtMs = fromMs;
        }
    }

    private static void Change(
        CustomerRecord record, ushort id, CartAction action, in StorefrontEvent e, EventBatch batch)
    {
        var product = batch.Text(in e, e.ProductId);
        var quantity = e.Has(EventFields.Quantity) ? e.Quantity : 0;
        ref var header = ref CartBook.Header(record.Section(SectionKind.Cart, id));
        switch (action)
        {
            case CartAction.Checkout:
                header.Stage = CartStage.Checkout;
                break;
            case CartAction.Remove:
                CartBook.Take(record, id, product, Math.Max(quantity, 0));
                break;
            case CartAction.SetQuantity when quantity <= 0:
                CartBook.Take(record, id, product, 0);
                break;
            case CartAction.SetQuantity:
                CartBook.Put(record, id, product, quantity, true, PriceIn(ref header, in e), e.EventTimeMs);
                break;
            case CartAction.Add:
                CartBook.Put(record, id, product, Math.Max(quantity, 1), false, PriceIn(ref header, in e), e.EventTimeMs);
                break;
            default:
                break;
        }
    }

    /// <summary>The event's price, if it is in the cart's currency: amounts of different currencies are never summed.</summary>
    private static long PriceIn(ref CartHeader header, in StorefrontEvent e)
    {
        if (!e.Has(EventFields.Price))
        {
            return LineHeader.NoPrice;
        }

        if (header.Currency.IsNone)
        {
            header.Currency = e.Currency;
        }

        return header.Currency == e.Currency ? e.PriceMinor : LineHeader.NoPrice;
    }

    /// <summary>An event that came after the order that bought what it put into the cart.</summary>
    private static bool IsOlderThanOrder(CustomerRecord record, in StorefrontEvent e) =>
        record.Header.Orders > 0 && e.EventTimeMs < record.Header.LastOrderMs;

    private void Passive(CustomerRecord record, in StorefrontEvent e, EventBatch batch)
    {
        var cartId = batch.Text(in e, e.CartId);
        var cursor = 0;
        while (record.NextSection(SectionKind.Cart, ref cursor, out _, out var cart))
        {
            if (!cartId.IsEmpty && !CartBook.Id(cart).SequenceEqual(cartId))
            {
                continue;
            }

            foreach (ref var state in CartBook.Rules(cart))
            {
                if (state.IsArmed && RuleOf(state.RuleHash) is { } rule && rule.RearmsOn(e.Type))
                {
                    state.ArmedAtMs = Math.Max(state.ArmedAtMs, e.EventTimeMs);
                }
            }
        }
    }

    /// <summary>An order takes the cart it names; without a cart id, all carts of the customer. One that names a cart never
    /// seen takes the implicit cart: its events did not carry the id.</summary>
    private void Order(CustomerRecord record, in StorefrontEvent e, EventBatch batch)
    {
        var cartId = batch.Text(in e, e.CartId);
        var named = CartBook.Find(record, cartId);
        if (named < 0 && !cartId.IsEmpty)
        {
            named = CartBook.Find(record, default);
            if (named < 0)
            {
                return;
            }
        }

        for (ushort id = 0; id < CartBook.CartsMax; id++)
        {
            var cart = record.Section(SectionKind.Cart, id);
            if (!cart.IsEmpty && (cartId.IsEmpty || id == named))
            {
                TakeOrdered(record, id, e.EventTimeMs);
            }
        }
    }

    private static void TakeOrdered(CustomerRecord record, ushort id, long orderedAtMs)
    {
        var cart = record.Section(SectionKind.Cart, id);
        if (CartBook.Header(cart).LastActivityMs > orderedAtMs)
        {
            // A late order: what came into the cart after it stays, and stays armed.
            CartBook.TakeUntil(record, id, orderedAtMs);
            cart = record.Section(SectionKind.Cart, id);
            if (CartBook.Header(cart).LineCount > 0)
            {
                CartBook.Header(cart).CreatedMs = CartBook.Line(cart, CartBook.LinesStart(cart)).AddedMs;
                return;
            }
        }

        CartBook.Remove(record, id);
    }

    private static bool MayArm(CustomerRecord record, CompiledRule rule, in RuleState state, long eventTimeMs) =>
        rule.Rule.Reentry == Reentry.PerNewCart ? !state.HasFired : !FiredRules.IsResting(record, rule, eventTimeMs);

    private CompiledRule? RuleOf(uint hash)
    {
        foreach (var rule in _rules)
        {
            if (rule.Hash == hash)
            {
                return rule;
            }
        }

        return null;
    }
}
