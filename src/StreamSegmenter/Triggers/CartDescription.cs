using System.Text;
using StreamSegmenter.Customers;

namespace StreamSegmenter.Triggers;

/// <summary>Reads a customer's carts out of the record: as triggers list them, and as a person wants to see them.</summary>
internal static class CartDescription
{
    public static List<CartLine> Lines(Span<byte> cart)
    {
        var lines = new List<CartLine>(CartSections.Header(cart).LineCount);
        for (var at = CartSections.LinesStart(cart); at < cart.Length; at = CartSections.NextLine(cart, at))
        {
            ref readonly var line = ref CartSections.Line(cart, at);
            lines.Add(new CartLine(
                Encoding.UTF8.GetString(CartSections.Product(cart, at)), line.Quantity,
                line.PriceMinor == LineHeader.NoPrice ? null : line.PriceMinor));
        }

        return lines;
    }

    public static string? CartId(Span<byte> cart)
    {
        var id = CartSections.Id(cart);
        return id.IsEmpty ? null : Encoding.UTF8.GetString(id);
    }

    /// <summary>The currency of the prices that are listed; null when none is.</summary>
    public static string? Currency(Span<byte> cart) =>
        CartSections.Header(cart) is { Currency.IsNone: false } header ? header.Currency.ToString() : null;

    public static List<CartView> Describe(CustomerRecord record, CompiledRules rules, long horizonMs)
    {
        var carts = new List<CartView>();
        var cursor = 0;
        while (record.NextSection(SectionKind.Cart, ref cursor, out _, out var cart))
        {
            ref readonly var header = ref CartSections.Header(cart);
            carts.Add(new CartView(
                CartId(cart), header.Stage, header.CreatedMs, header.LastActivityMs, header.LastActivityMs + horizonMs,
                Lines(cart), Currency(cart), Deadlines(cart, rules)));
        }

        return carts;
    }

    public static List<SentTriggerView> DescribeSent(CustomerRecord record, CompiledRules rules)
    {
        var views = new List<SentTriggerView>();
        var cursor = 0;
        while (record.NextSection(SectionKind.SentTrigger, ref cursor, out _, out var entry))
        {
            ref readonly var sent = ref TriggerHistory.Header(entry);
            var cartId = TriggerHistory.CartId(entry);
            views.Add(new SentTriggerView(
                TriggerId.TextOf(sent.IdHigh, sent.IdLow), rules.Of(sent.RuleHash)?.Rule.Id, sent.Step, sent.Stage,
                cartId.IsEmpty ? null : Encoding.UTF8.GetString(cartId), sent.ArmedAtMs, sent.FiredAtMs,
                (sent.Flags & SentFlags.Holdout) != 0, (sent.Flags & SentFlags.Retracted) != 0,
                (sent.Flags & SentFlags.Recovered) != 0));
        }

        views.Sort((a, b) => a.FiredMs.CompareTo(b.FiredMs));
        return views;
    }

    private static List<DeadlineView> Deadlines(Span<byte> cart, CompiledRules rules)
    {
        var deadlines = new List<DeadlineView>();
        foreach (ref readonly var state in CartSections.Rules(cart))
        {
            if (rules.Of(state.RuleHash) is { } rule)
            {
                deadlines.Add(new DeadlineView(
                    rule.Rule.Id,
                    state.IsArmed ? state.NextStep + 1 : null,
                    state.IsArmed ? state.ArmedAtMs : null,
                    state.IsArmed ? rule.DueMs(in state) : null,
                    state.HasFired ? state.FiredAtMs : null)
                {
                    DeferredFromMs = state.DeferredToMs == RuleState.Disarmed
                        ? null
                        : state.ArmedAtMs + rule.Rule.StepsMs[state.NextStep],
                });
            }
        }

        return deadlines;
    }
}
