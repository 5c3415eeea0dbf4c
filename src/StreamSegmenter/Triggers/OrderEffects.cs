using System.Globalization;
using System.Text;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;

namespace StreamSegmenter.Triggers;

/// <summary>What an order does: takes the cart it names (without a cart id, all carts of the customer; one that names a cart
/// never seen takes the implicit cart, whose events did not carry the id), retracts the steps that fired although it
/// had happened before them, and counts as the recovery of the last step that fired before it.</summary>
internal sealed class OrderEffects(CompiledRules rules, long graceMs)
{
    public void Apply(
        CustomerRecord record, ReadOnlySpan<byte> customerKey, in StorefrontEvent e, EventBatch batch, TriggerOutput output)
    {
        // The batch's bytes do not move while a record does, so this span outlives the changes below.
        var cartId = batch.Text(in e, e.CartId);
        var takesAll = cartId.IsEmpty;
        var named = takesAll ? RecentOrders.AllCarts : KeyHash.Of(cartId);
        var isUnknown = !takesAll && !IsKnown(record, cartId);
        if (isUnknown)
        {
            cartId = default;
        }

        for (ushort id = 0; id < CartSections.CartsMax; id++)
        {
            var cart = record.Section(SectionKind.Cart, id);
            if (!cart.IsEmpty && (takesAll || CartSections.IsBrowsed(cart) || CartSections.Id(cart).SequenceEqual(cartId)))
            {
                Take(record, id, e.EventTimeMs);
            }
            else if (!cart.IsEmpty)
            {
                DisarmWhereOrdersTakeAll(cart, e.EventTimeMs);
            }
        }

        Retract(record, customerKey, takesAll, cartId, in e, batch, output);
        Recover(record, customerKey, takesAll, cartId, in e, batch, output);
        if (graceMs > 0)
        {
            RecentOrders.Add(record, named, e.EventTimeMs, record.Header.ClockMs - graceMs);
            if (isUnknown)
            {
                RecentOrders.Add(record, KeyHash.Of(default), e.EventTimeMs, record.Header.ClockMs - graceMs);
            }
        }
    }

    private static bool IsKnown(CustomerRecord record, ReadOnlySpan<byte> cartId)
    {
        var cursor = 0;
        while (record.NextSection(SectionKind.SentTrigger, ref cursor, out _, out var entry))
        {
            if (TriggerHistory.CartId(entry).SequenceEqual(cartId))
            {
                return true;
            }
        }

        return CartSections.Find(record, cartId) >= 0;
    }

    private void Take(CustomerRecord record, ushort id, long orderedAtMs)
    {
        var cart = record.Section(SectionKind.Cart, id);
        if (CartSections.Header(cart).CreatedMs > orderedAtMs)
        {
            // A late order from before there was this cart.
            return;
        }

        if (CartSections.Header(cart).LastActivityMs > orderedAtMs)
        {
            // A late order: what came into the cart after it stays, as a cart of its own.
            CartSections.TakeUntil(record, id, orderedAtMs);
            cart = record.Section(SectionKind.Cart, id);
            if (CartSections.Header(cart).LineCount > 0)
            {
                Renew(record, cart, orderedAtMs);
                return;
            }
        }

        CartSections.Remove(record, id);
    }

    /// <summary>What a late order left begins anew: what fired for the part that was ordered does not count for it.</summary>
    private void Renew(CustomerRecord record, Span<byte> cart, long orderedAtMs)
    {
        ref var header = ref CartSections.Header(cart);
        header.CreatedMs = header.LastActivityMs;
        for (var at = CartSections.LinesStart(cart); at < cart.Length; at = CartSections.NextLine(cart, at))
        {
            header.CreatedMs = Math.Min(header.CreatedMs, CartSections.Line(cart, at).AddedMs);
        }

        var inCharge = rules.InCharge(header.Stage);
        foreach (ref var state in CartSections.Rules(cart))
        {
            if (rules.Of(state.RuleHash) is { Rule.Reentry: Reentry.PerNewCart } rule && rule.Rule.Stage == inCharge && state.HasFired
                && TriggerHistory.ActivityBefore(record, rule.Hash, CartSections.Id(cart), state.FiredAtMs) <= orderedAtMs)
            {
                state.Disarm();
                state.FiredAtMs = RuleState.Disarmed;
                state.Rearm(header.LastActivityMs);
            }
        }
    }

    private void DisarmWhereOrdersTakeAll(Span<byte> cart, long orderedAtMs)
    {
        foreach (ref var state in CartSections.Rules(cart))
        {
            if (state.IsArmed && state.ArmedAtMs <= orderedAtMs && rules.Of(state.RuleHash) is { Rule.OrderTakesAllCarts: true })
            {
                state.Disarm();
            }
        }
    }

    /// <summary>A step that fired after the instant of the order should not have: the order came late.</summary>
    private void Retract(
        CustomerRecord record, ReadOnlySpan<byte> customerKey, bool takesAll, ReadOnlySpan<byte> cartId,
        in StorefrontEvent e, EventBatch batch, TriggerOutput output)
    {
        // One that an order has recovered stays: the cart was bought, so the trigger worked and is not retracted.
        List<CompiledRule>? retracted = null;
        var cursor = 0;
        while (record.NextSection(SectionKind.SentTrigger, ref cursor, out _, out var entry))
        {
            ref var sent = ref TriggerHistory.Header(entry);
            if (e.EventTimeMs >= sent.FiredAtMs || e.EventTimeMs < sent.ActivityAtMs
                || (sent.Flags & (SentFlags.Retracted | SentFlags.Recovered)) != 0 || !Concerns(entry, takesAll, cartId, out var rule))
            {
                continue;
            }

            (retracted ??= []).Add(rule!);
            sent.Flags |= SentFlags.Retracted;
            Record(Describe(rule!, entry, customerKey, TriggerKind.Retracted, in e, batch), sent.Flags, output);
        }

        foreach (var rule in retracted ?? [])
        {
            RuleHistory.GoBackTo(record, rule.Hash, TriggerHistory.LastFiredMs(record, rule.Hash));
        }
    }

    /// <summary>In the holdout, what would have been sent is recorded, so that both groups can be counted alike.</summary>
    private static void Record(CartAbandoned trigger, SentFlags flags, TriggerOutput output)
    {
        if ((flags & SentFlags.Holdout) == 0)
        {
            output.Triggers.Add(trigger);
        }
        else
        {
            output.Suppressed.Add(new SuppressedTrigger(trigger, SuppressionReason.Holdout));
        }
    }

    /// <summary>For each rule, the order recovers the step that fired last before it (or at its very instant).</summary>
    private void Recover(
        CustomerRecord record, ReadOnlySpan<byte> customerKey, bool takesAll, ReadOnlySpan<byte> cartId,
        in StorefrontEvent e, EventBatch batch, TriggerOutput output)
    {
        foreach (var rule in rules.All)
        {
            if (rule.Rule.AttributionMs <= 0)
            {
                continue;
            }

            var last = LastBefore(record, rule, takesAll, cartId, e.EventTimeMs);
            if (last < 0)
            {
                continue;
            }

            var entry = record.Section(SectionKind.SentTrigger, (ushort)last);
            ref var sent = ref TriggerHistory.Header(entry);
            sent.Flags |= SentFlags.Recovered;
            Settle(record, rule, TriggerHistory.CartId(entry), sent.FiredAtMs);
            var recovered = Describe(rule, entry, customerKey, TriggerKind.Recovered, in e, batch) with
            {
                RevenueMinor = e.Has(EventFields.Total) ? e.TotalMinor : null,
                RevenueCurrency = e.Has(EventFields.Total) ? e.Currency.ToString() : null,
            };
            Record(recovered, sent.Flags, output);
        }
    }

    /// <summary>A cart is recovered once: another order is not the recovery of the steps before.</summary>
    private static void Settle(CustomerRecord record, CompiledRule rule, ReadOnlySpan<byte> cartId, long firedAtMs)
    {
        var cursor = 0;
        while (record.NextSection(SectionKind.SentTrigger, ref cursor, out _, out var entry))
        {
            ref var sent = ref TriggerHistory.Header(entry);
            if (sent.RuleHash == rule.Hash && sent.FiredAtMs < firedAtMs && TriggerHistory.CartId(entry).SequenceEqual(cartId))
            {
                sent.Flags |= SentFlags.Settled;
            }
        }
    }

    private int LastBefore(
        CustomerRecord record, CompiledRule rule, bool takesAll, ReadOnlySpan<byte> cartId, long orderedAtMs)
    {
        var last = -1;
        var lastFiredMs = long.MinValue;
        var cursor = 0;
        while (record.NextSection(SectionKind.SentTrigger, ref cursor, out var slot, out var entry))
        {
            ref readonly var sent = ref TriggerHistory.Header(entry);
            var counts = sent.RuleHash == rule.Hash && (sent.Flags & (SentFlags.Retracted | SentFlags.Recovered | SentFlags.Settled)) == 0
                && sent.FiredAtMs <= orderedAtMs && orderedAtMs <= sent.FiredAtMs + rule.Rule.AttributionMs;
            if (counts && sent.FiredAtMs >= lastFiredMs && (!rule.Rule.RecoveredByCart || Concerns(entry, takesAll, cartId, out _)))
            {
                (last, lastFiredMs) = (slot, sent.FiredAtMs);
            }
        }

        return last;
    }

    private bool Concerns(Span<byte> entry, bool takesAll, ReadOnlySpan<byte> cartId, out CompiledRule? rule)
    {
        ref readonly var sent = ref TriggerHistory.Header(entry);
        rule = rules.Of(sent.RuleHash);
        return rule is not null && (takesAll || rule.Rule.OrderTakesAllCarts || sent.Stage == CartStage.Browse
            || TriggerHistory.CartId(entry).SequenceEqual(cartId));
    }

    private static CartAbandoned Describe(
        CompiledRule rule, Span<byte> entry, ReadOnlySpan<byte> customerKey, TriggerKind kind, in StorefrontEvent e,
        EventBatch batch)
    {
        ref readonly var sent = ref TriggerHistory.Header(entry);
        var cartId = TriggerHistory.CartId(entry);
        var orderId = batch.Text(in e, e.OrderId);
        return new CartAbandoned(
            TriggerId.TextOf(sent.IdHigh, sent.IdLow), rule.Rule.Id, sent.Version.ToString("x8", CultureInfo.InvariantCulture),
            kind, sent.Step, sent.Stage, Encoding.UTF8.GetString(customerKey),
            cartId.IsEmpty ? null : Encoding.UTF8.GetString(cartId), [], null, null, sent.CreatedMs, sent.ArmedAtMs,
            sent.FiredAtMs, RuleAttributes.None)
        {
            OrderId = orderId.IsEmpty ? null : Encoding.UTF8.GetString(orderId),
            OrderedAtMs = e.EventTimeMs,
        };
    }
}
