using System.Text;
using StreamSegmenter.Customers;

namespace StreamSegmenter.Triggers;

/// <summary>Reads a customer's carts out of the record: as triggers list them, and as a person wants to see them.</summary>
internal static class CartDescription
{
    public static List<CartLine> Lines(Span<byte> cart)
    {
        var lines = new List<CartLine>(CartBook.Header(cart).LineCount);
        for (var at = CartBook.LinesStart(cart); at < cart.Length; at = CartBook.NextLine(cart, at))
        {
            ref readonly var line = ref CartBook.Line(cart, at);
            lines.Add(new CartLine(
                Encoding.UTF8.GetString(CartBook.Product(cart, at)), line.Quantity,
                line.PriceMinor == LineHeader.NoPrice ? null : line.PriceMinor));
        }

        return lines;
    }

    public static string? CartId(Span<byte> cart)
    {
        var id = CartBook.Id(cart);
        return id.IsEmpty ? null : Encoding.UTF8.GetString(id);
    }

    public static string? Currency(Span<byte> cart) =>
        CartBook.Header(cart).Currency is { IsNone: false } currency ? currency.ToString() : null;

    public static List<CartView> Describe(CustomerRecord record, CompiledRule[] rules, long horizonMs)
    {
        var carts = new List<CartView>();
        var cursor = 0;
        while (record.NextSection(SectionKind.Cart, ref cursor, out _, out var cart))
        {
            ref readonly var header = ref CartBook.Header(cart);
            carts.Add(new CartView(
                CartId(cart), header.Stage, header.CreatedMs, header.LastActivityMs, header.LastActivityMs + horizonMs,
                Lines(cart), Currency(cart), Deadlines(cart, rules)));
        }

        return carts;
    }

    private static List<DeadlineView> Deadlines(Span<byte> cart, CompiledRule[] rules)
    {
        var deadlines = new List<DeadlineView>();
        foreach (ref readonly var state in CartBook.Rules(cart))
        {
            foreach (var rule in rules)
            {
                if (rule.Hash == state.RuleHash)
                {
                    deadlines.Add(new DeadlineView(
                        rule.Rule.Id,
                        state.IsArmed ? state.ArmedAtMs : null,
                        state.IsArmed ? state.ArmedAtMs + rule.Rule.AfterMs : null,
                        state.HasFired ? state.FiredAtMs : null));
                }
            }
        }

        return deadlines;
    }
}
