using System.Text;
using StreamSegmenter.Customers;
using StreamSegmenter.Definitions;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Triggers;

/// <summary>Computes when a customer's carts are due, and fires: a deadline that is reached is disarmed, the rule's
/// conditions are checked on the cart as it then is, and the trigger is made.</summary>
internal sealed class CartDeadlines(CompiledRule[] rules, StorefrontDefinitions definitions, SegmentProgram segments)
{
    /// <summary>Sets every cart's due time and the customer's.</summary>
    public void Schedule(CustomerRecord record)
    {
        var earliest = long.MaxValue;
        var cursor = 0;
        while (record.NextSection(SectionKind.Cart, ref cursor, out _, out var cart))
        {
            ref var header = ref CartBook.Header(cart);
            header.DueMs = header.LastActivityMs + definitions.CartHorizonMs;
            foreach (ref readonly var state in CartBook.Rules(cart))
            {
                if (state.IsArmed)
                {
                    header.DueMs = Math.Min(header.DueMs, state.ArmedAtMs + AfterMs(state.RuleHash));
                }
            }

            earliest = Math.Min(earliest, header.DueMs);
        }

        record.Header.CartsDueMs = earliest;
    }

    public int FireDue(CustomerRecord record, ReadOnlySpan<byte> customerKey, long nowMs, List<CartAbandoned> triggers)
    {
        var disarmed = 0;
        for (ushort id = 0; id < CartBook.CartsMax; id++)
        {
            var cart = record.Section(SectionKind.Cart, id);
            if (cart.IsEmpty || CartBook.Header(cart).DueMs > nowMs)
            {
                continue;
            }

            disarmed += FireCart(record, id, customerKey, nowMs, triggers);
            cart = record.Section(SectionKind.Cart, id);
            if (CartBook.Header(cart).LastActivityMs + definitions.CartHorizonMs <= nowMs)
            {
                foreach (ref readonly var state in CartBook.Rules(cart))
                {
                    disarmed += state.IsArmed ? 1 : 0;
                }

                CartBook.Remove(record, id);
            }
        }

        Schedule(record);
        return -disarmed;
    }

    private int FireCart(
        CustomerRecord record, ushort id, ReadOnlySpan<byte> customerKey, long nowMs, List<CartAbandoned> triggers)
    {
        var disarmed = 0;
        for (var index = 0; index < rules.Length; index++)
        {
            var rule = rules[index];
            var cart = record.Section(SectionKind.Cart, id);
            foreach (ref var state in CartBook.Rules(cart))
            {
                if (state.RuleHash != rule.Hash || !state.IsArmed || state.ArmedAtMs + rule.Rule.AfterMs > nowMs)
                {
                    continue;
                }

                var armedAtMs = state.ArmedAtMs;
                state.ArmedAtMs = RuleState.Disarmed;
                disarmed++;
                // Another cart may have fired the rule since this one was armed.
                if (FiredRules.IsResting(record, rule, armedAtMs + rule.Rule.AfterMs) || !Satisfies(record, rule, cart))
                {
                    continue;
                }

                state.FiredAtMs = armedAtMs + rule.Rule.AfterMs;
                triggers.Add(Make(record, rule, cart, customerKey, armedAtMs));
                if (rule.Rule.Reentry is Reentry.AfterCooldown or Reentry.Never)
                {
                    // Adds a section: spans into the record end here.
                    FiredRules.Set(record, rule.Hash, armedAtMs + rule.Rule.AfterMs);
                }

                break;
            }
        }

        return disarmed;
    }

    private bool Satisfies(CustomerRecord record, CompiledRule rule, Span<byte> cart)
    {
        var (items, totalMinor) = Sum(cart);
        if (items < rule.Rule.ItemsMin)
        {
            return false;
        }

        if (rule.Rule.TotalMinMinor is { } least
            && (totalMinor is null || totalMinor < least || CartBook.Header(cart).Currency != definitions.Currency))
        {
            return false;
        }

        return (rule.InSegment < 0 || segments.IsMember(record, rule.InSegment))
            && (rule.NotInSegment < 0 || !segments.IsMember(record, rule.NotInSegment));
    }

    private static (long Items, long? TotalMinor) Sum(Span<byte> cart)
    {
        long items = 0;
        long? total = null;
        for (var at = CartBook.LinesStart(cart); at < cart.Length; at = CartBook.NextLine(cart, at))
        {
            ref readonly var line = ref CartBook.Line(cart, at);
            items += line.Quantity;
            if (line.PriceMinor != LineHeader.NoPrice)
            {
                total = (total ?? 0) + (line.PriceMinor * line.Quantity);
            }
        }

        return (items, total);
    }

    private static CartAbandoned Make(
        CustomerRecord record, CompiledRule rule, Span<byte> cart, ReadOnlySpan<byte> customerKey, long armedAtMs)
    {
        const int Step = 1;
        ref readonly var header = ref CartBook.Header(cart);
        var cartId = CartBook.Id(cart);
        return new CartAbandoned(
            TriggerId.Of(rule.Rule.Id, rule.Version, customerKey, cartId, Step, armedAtMs),
            rule.Rule.Id, rule.Version, TriggerKind.Emitted, Step, header.Stage, Encoding.UTF8.GetString(customerKey),
            CartDescription.CartId(cart), CartDescription.Lines(cart), Sum(cart).TotalMinor, CartDescription.Currency(cart), header.CreatedMs, armedAtMs,
            armedAtMs + rule.Rule.AfterMs, RuleAttributes.Read(record, rule.Rule.Attributes));
    }

    private long AfterMs(uint ruleHash)
    {
        foreach (var rule in rules)
        {
            if (rule.Hash == ruleHash)
            {
                return rule.Rule.AfterMs;
            }
        }

        // The rule is gone from the definitions; its state goes with the cart.
        return long.MaxValue / 4;
    }
}
