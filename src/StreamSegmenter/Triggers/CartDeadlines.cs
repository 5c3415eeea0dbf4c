using StreamSegmenter.Customers;

namespace StreamSegmenter.Triggers;

/// <summary>Computes when a customer's carts are due, and fires their steps. A step that is due is put to the
/// <see cref="StepGate"/> as the cart then is: it is sent, or suppressed with a reason, or deferred to the end of quiet
/// hours and put to the gate again. After the last step the rule is disarmed.</summary>
internal sealed class CartDeadlines(CompiledRules rules, StepGate gate, long horizonMs, long graceMs)
{
    /// <summary>Sets every cart's due time and the customer's.</summary>
    public void Schedule(CustomerRecord record)
    {
        var earliest = long.MaxValue;
        var cursor = 0;
        while (record.NextSection(SectionKind.Cart, ref cursor, out _, out var cart))
        {
            ref var header = ref CartSections.Header(cart);
            header.DueMs = header.LastActivityMs + horizonMs;
            foreach (ref readonly var state in CartSections.Rules(cart))
            {
                if (state.IsArmed && rules.Of(state.RuleHash) is { } rule)
                {
                    header.DueMs = Math.Min(header.DueMs, rule.DueMs(in state));
                }
            }

            earliest = Math.Min(earliest, header.DueMs);
        }

        record.Header.CartsDueMs = earliest;
    }

    public void FireDue(CustomerRecord record, ReadOnlySpan<byte> customerKey, long nowMs, TriggerOutput output)
    {
        for (ushort id = 0; id < CartSections.CartsMax; id++)
        {
            var cart = record.Section(SectionKind.Cart, id);
            if (cart.IsEmpty || CartSections.Header(cart).DueMs > nowMs)
            {
                continue;
            }

            foreach (var rule in rules.All)
            {
                FireRule(record, id, rule, customerKey, nowMs, output);
            }

            if (CartSections.Header(record.Section(SectionKind.Cart, id)).LastActivityMs + horizonMs <= nowMs)
            {
                CartSections.Remove(record, id);
            }
        }

        Schedule(record);
    }

    private void FireRule(
        CustomerRecord record, ushort id, CompiledRule rule, ReadOnlySpan<byte> customerKey, long nowMs, TriggerOutput output)
    {
        var cart = record.Section(SectionKind.Cart, id);
        var index = IndexOf(cart, rule.Hash);
        if (index < 0)
        {
            return;
        }

        ref var state = ref CartSections.Rules(cart)[index];
        if (!state.IsArmed || rule.DueMs(in state) > nowMs)
        {
            return;
        }

        // Late events can arm a deadline that is already past: it still fires at its own instant.
        var firedAtMs = rule.DueMs(in state);
        var escalates = state.NextStep > 0 && state.HasFired;
        var verdict = !escalates && RuleHistory.IsResting(record, rule, firedAtMs)
            ? SuppressionReason.Reentry
            : rule.IsOvertaken(in state, firedAtMs) ? SuppressionReason.QuietHours
            : gate.Judge(record, cart, rule, customerKey, firedAtMs, output.ClockMs);
        if (verdict.DeferredToMs is { } deferredToMs)
        {
            state.DeferredToMs = deferredToMs;
            return;
        }

        var armedAtMs = state.ArmedAtMs;
        var step = state.NextStep;
        Advance(rule, ref state, verdict.Reason, firedAtMs);
        var trigger = TriggerFactory.Emitted(record, rule, cart, customerKey, step + 1, armedAtMs, firedAtMs);
        if (verdict.Reason is { } reason)
        {
            output.Suppressed.Add(new SuppressedTrigger(trigger, reason));
        }
        else
        {
            output.Triggers.Add(trigger);
        }

        if (verdict.Reason is null or SuppressionReason.Holdout)
        {
            // Adds sections: spans into the record end here.
            Remember(record, rule, cart, trigger, verdict.Reason is not null);
        }
    }

    private static void Advance(CompiledRule rule, ref RuleState state, SuppressionReason? reason, long firedAtMs)
    {
        state.DeferredToMs = RuleState.Disarmed;
        if (reason is null or SuppressionReason.Holdout)
        {
            state.FiredAtMs = firedAtMs;
        }

        state.NextStep++;
        if (state.NextStep >= rule.Rule.StepsMs.Count)
        {
            state.Disarm();
        }
    }

    private void Remember(CustomerRecord record, CompiledRule rule, Span<byte> cart, CartAbandoned trigger, bool isHoldout)
    {
        var (high, low) = TriggerId.Parse(trigger.TriggerId);
        var memoryMs = Math.Max(rule.Rule.AttributionMs, graceMs);
        var cartId = CartSections.Id(cart).ToArray();
        TriggerHistory.Add(record, new SentHeader
        {
            IdHigh = high,
            IdLow = low,
            ArmedAtMs = trigger.LastActivityAtMs,
            ActivityAtMs = CartSections.Header(cart).LastActivityMs,
            FiredAtMs = trigger.FiredAtMs,
            ForgottenAtMs = trigger.FiredAtMs + Math.Max(memoryMs, rule.Rule.FrequencyCap?.PeriodMs ?? 0),
            CreatedMs = trigger.CartCreatedAtMs,
            RuleHash = rule.Hash,
            Version = rule.Version,
            Stage = trigger.Stage,
            Step = (byte)trigger.Step,
            Flags = isHoldout ? SentFlags.Holdout : SentFlags.None,
        }, cartId);
        if (rule.Rule.Reentry is Reentry.AfterCooldown or Reentry.Never)
        {
            RuleHistory.Set(record, rule.Hash, trigger.FiredAtMs);
        }
    }

    private static int IndexOf(Span<byte> cart, uint ruleHash)
    {
        var states = CartSections.Rules(cart);
        for (var i = 0; i < states.Length; i++)
        {
            if (states[i].RuleHash == ruleHash)
            {
                return i;
            }
        }

        return -1;
    }
}
