using StreamSegmenter.Customers;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Folding;

/// <summary>Tells what will happen to a customer if nothing happens: lets time pass for the record, by the same code by which the
/// engine does, and writes down what comes of it. Staleness, which depends on when the engine gets to it, is left out.</summary>
internal sealed class CustomerForecast(CustomerFold fold)
{
    /// <summary>Later than anything that is due.</summary>
    public const long ForeverMs = long.MaxValue - 1;

    /// <summary>So many instants are looked at; nothing that is defined sensibly has more.</summary>
    public const int InstantsMax = 10_000;

    /// <summary>Moves the record, which is changed, on to an instant.</summary>
    /// <returns>What happens after the record's own clock, up to and including that instant, in order.</returns>
    public IReadOnlyList<TimelineEntry> Run(CustomerRecord record, ReadOnlySpan<byte> customerKey, long untilMs)
    {
        var happenings = new List<TimelineEntry>();
        var carts = fold.DescribeCarts(record);
        for (var i = 0; i < InstantsMax && record.Header.NextDueMs <= untilMs; i++)
        {
            var dueMs = record.Header.NextDueMs;
            var output = new FoldOutput(NoPanes.Instance);
            fold.RunUntil(record, customerKey, dueMs, output);
            happenings.AddRange(output.MembershipChanges.Select(change => new MembershipChanged(change)));
            happenings.AddRange(output.Carts.Triggers.Select(trigger => new TriggerRecorded(trigger)));
            happenings.AddRange(output.Carts.Suppressed.Select(suppressed => new TriggerSuppressed(suppressed)));
            var after = fold.DescribeCarts(record);
            AddDeferred(dueMs, carts, after, happenings);
            AddForgotten(dueMs, carts, after, happenings);
            carts = after;
        }

        return happenings;
    }

    private static void AddDeferred(
        long dueMs, IReadOnlyList<CartView> before, IReadOnlyList<CartView> after, List<TimelineEntry> happenings)
    {
        foreach (var cart in after)
        {
            var was = before.First(other => IsSame(cart, other));
            foreach (var deadline in cart.Deadlines.Where(deadline => deadline.DeferredFromMs is not null))
            {
                if (!was.Deadlines.Contains(deadline))
                {
                    happenings.Add(new StepDeferred(dueMs, deadline.Rule, deadline.Step!.Value, cart.CartId, deadline.DueMs!.Value));
                }
            }
        }
    }

    private static void AddForgotten(
        long dueMs, IReadOnlyList<CartView> before, IReadOnlyList<CartView> after, List<TimelineEntry> happenings) =>
        happenings.AddRange(before.Where(cart => !after.Any(other => IsSame(cart, other)))
            .Select(cart => new CartForgotten(dueMs, cart.CartId)));

    /// <summary>Time alone makes no cart and moves none to another stage.</summary>
    private static bool IsSame(CartView one, CartView other) => one.CartId == other.CartId && one.Stage == other.Stage;
}
