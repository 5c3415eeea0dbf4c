using StreamSegmenter.Customers;
using StreamSegmenter.Definitions;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Triggers;

/// <summary>Cart abandonment for one customer at a time. An event goes to <see cref="CartActivity"/> (what it does to a cart, and
/// which deadlines it arms) or to <see cref="OrderEffects"/> (what an order takes, retracts and recovers); the passing
/// of time to <see cref="CartDeadlines"/> (which steps fire).</summary>
public sealed class CartAbandonmentProgram
{
    private readonly CompiledRules _rules;
    private readonly long _horizonMs;
    private readonly CartActivity _activity;
    private readonly OrderEffects _orders;
    private readonly CartDeadlines _deadlines;

    public CartAbandonmentProgram(StorefrontDefinitions definitions, SegmentProgram segments)
    {
        _horizonMs = definitions.CartHorizonMs;
        _rules = new CompiledRules(definitions, segments);
        _activity = new CartActivity(_rules);
        _orders = new OrderEffects(_rules, definitions.GraceMs);
        _deadlines = new CartDeadlines(_rules, definitions, segments);
    }

    /// <summary>Folds one event into the customer's carts. <c>Header.CartsDueMs</c> is right afterwards.</summary>
    public void Apply(
        CustomerRecord record, ReadOnlySpan<byte> customerKey, in StorefrontEvent e, EventBatch batch, FoldOutput output)
    {
        if (_rules.All.Length == 0)
        {
            return;
        }

        var action = CartActions.Of(e.Type, _rules.HasBrowse);
        var hasCarts = record.Header.CartsDueMs != long.MaxValue;
        if (!hasCarts && action is CartAction.None or CartAction.Remove or CartAction.PaymentFailed)
        {
            return;
        }

        var before = hasCarts ? CountArmed(record) : 0;
        switch (action)
        {
            case CartAction.None:
                _activity.Passive(record, in e, batch);
                break;
            case CartAction.Order:
                _orders.Apply(record, customerKey, in e, batch, output);
                break;
            default:
                _activity.Apply(record, action, in e, batch, output);
                break;
        }

        _deadlines.Schedule(record);
        output.Totals.TriggersPending += CountArmed(record) - before;
    }

    /// <summary>Fires the steps that are due at this instant and forgets the carts whose horizon has passed.</summary>
    public void FireDue(CustomerRecord record, ReadOnlySpan<byte> customerKey, long nowMs, FoldOutput output)
    {
        var before = CountArmed(record);
        _deadlines.FireDue(record, customerKey, nowMs, output);
        output.Totals.TriggersPending += CountArmed(record) - before;
    }

    /// <summary>The customer's carts, spelled out.</summary>
    public IReadOnlyList<CartView> Describe(CustomerRecord record) => CartDescription.Describe(record, _rules, _horizonMs);

    /// <summary>The triggers that were sent for the customer and are still remembered, spelled out, oldest first.</summary>
    public IReadOnlyList<SentTriggerView> DescribeSent(CustomerRecord record) => CartDescription.DescribeSent(record, _rules);

    /// <summary>Carts whose next step waits for its deadline, one for each rule.</summary>
    internal static int CountArmed(CustomerRecord record)
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
}
