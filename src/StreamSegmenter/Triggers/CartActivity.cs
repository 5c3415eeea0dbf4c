using StreamSegmenter.Customers;
using StreamSegmenter.Events;

namespace StreamSegmenter.Triggers;

/// <summary>What happens in a cart. Activity (add, remove, quantity, checkout, failed payment; views, for browse rules) re-arms the
/// rules in charge at the event's time and cancels what rules of lower stages have pending; passive events move a
/// deadline that is pending, where the rule says so; an empty cart is gone with its deadlines.</summary>
internal sealed class CartActivity(CompiledRules rules)
{
    private readonly uint[] _hashes = [.. rules.All.Select(rule => rule.Hash)];

    /// <summary>Under which carts hold their states, in the order of the definitions.</summary>
    public ReadOnlySpan<uint> RuleHashes => _hashes;

    public void Apply(CustomerRecord record, CartAction action, in StorefrontEvent e, EventBatch batch, TriggerOutput output)
    {
        if (action == CartAction.View)
        {
            Browse(record, in e, batch);
            return;
        }

        var change = CartChange.Of(action, in e, batch);
        var cartId = batch.Text(in e, e.CartId);
        var found = CartSections.Find(record, cartId);
        if (change.Action == CartAction.None || (found < 0 && !change.Opens(in record.Header, e.EventTimeMs, rules.HasCheckout))
            || RecentOrders.Took(record, cartId, e.EventTimeMs))
        {
            return;
        }

        CartSections.RemoveBrowsed(record);
        var id = found < 0 ? CartSections.Create(record, cartId, _hashes, e.EventTimeMs, CartStage.Cart) : (ushort)found;
        CartContents.Change(record, id, action, in e, batch, output);
        var empties = change.Action == CartAction.Remove || (change.Action == CartAction.Replace && change.Quantity == 0);
        if (empties && CartSections.Header(record.Section(SectionKind.Cart, id)).LineCount == 0)
        {
            CartSections.Remove(record, id);
            return;
        }

        Rearm(record, id, e.EventTimeMs);
    }

    public void Passive(CustomerRecord record, in StorefrontEvent e, EventBatch batch)
    {
        var cartId = batch.Text(in e, e.CartId);
        var cursor = 0;
        while (record.NextSection(SectionKind.Cart, ref cursor, out _, out var cart))
        {
            if (!cartId.IsEmpty && !CartSections.Id(cart).SequenceEqual(cartId))
            {
                continue;
            }

            foreach (ref var state in CartSections.Rules(cart))
            {
                if (state.IsArmed && rules.Of(state.RuleHash) is { } rule && rule.RearmsOn(e.Type))
                {
                    state.Rearm(e.EventTimeMs);
                }
            }
        }
    }

    /// <summary>Products viewed by a customer without a cart.</summary>
    private void Browse(CustomerRecord record, in StorefrontEvent e, EventBatch batch)
    {
        var browsed = CartSections.FindBrowsed(record);
        if (CartSections.HasCart(record))
        {
            Passive(record, in e, batch);
            return;
        }

        if (browsed < 0 && IsOlderThanOrder(record, in e))
        {
            return;
        }

        var id = browsed < 0
            ? CartSections.Create(record, default, _hashes, e.EventTimeMs, CartStage.Browse)
            : (ushort)browsed;
        CartContents.Look(record, id, in e, batch);
        Rearm(record, id, e.EventTimeMs);
    }

    private void Rearm(CustomerRecord record, ushort id, long eventTimeMs)
    {
        var cart = record.Section(SectionKind.Cart, id);
        ref var header = ref CartSections.Header(cart);
        header.CreatedMs = Math.Min(header.CreatedMs, eventTimeMs);
        header.LastActivityMs = Math.Max(header.LastActivityMs, eventTimeMs);
        var inCharge = rules.InCharge(header.Stage);
        foreach (ref var state in CartSections.Rules(cart))
        {
            if (rules.Of(state.RuleHash) is not { } rule)
            {
                continue;
            }

            if (rule.Rule.Stage != inCharge)
            {
                state.Disarm();
            }
            else if (state.IsArmed || MayArm(record, rule, in state, eventTimeMs))
            {
                Arm(rule, ref state, header.LastActivityMs);
            }
        }
    }

    /// <summary>Counts the deadline from the cart's last activity. An event that came late therefore neither arms for an
    /// instant before that, nor fires again what has fired.</summary>
    private static void Arm(CompiledRule rule, ref RuleState state, long lastActivityMs)
    {
        if (!state.IsArmed && state.HasFired && lastActivityMs + rule.Rule.StepsMs[^1] <= state.FiredAtMs)
        {
            return;
        }

        if (lastActivityMs > state.ArmedAtMs && rule.Rule.Reentry == Reentry.AtOnce)
        {
            state.NextStep = 0;
        }

        state.Rearm(lastActivityMs);
    }

    private static bool MayArm(CustomerRecord record, CompiledRule rule, in RuleState state, long eventTimeMs) =>
        rule.Rule.Reentry == Reentry.PerNewCart ? !state.HasFired : !RuleHistory.IsResting(record, rule, eventTimeMs);

    /// <summary>A look that came after a later order: whatever was looked at before it led to that.</summary>
    private static bool IsOlderThanOrder(CustomerRecord record, in StorefrontEvent e) =>
        record.Header.Orders > 0 && e.EventTimeMs < record.Header.LastOrderMs;
}
