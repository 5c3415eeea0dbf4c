using StreamSegmenter.Customers;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Triggers;

/// <summary>Cart abandonment for one customer at a time. An event goes to <see cref="CartActivity"/> (what it does to a cart, and
/// which deadlines it arms) or to <see cref="OrderEffects"/> (what an order takes, retracts and recovers); the passing
/// of time to <see cref="CartDeadlines"/> (which steps fire).</summary>
internal sealed class CartAbandonmentProgram
{
    private readonly CompiledRules _rules;
    private readonly long _horizonMs;
    private readonly CartActivity _activity;
    private readonly OrderEffects _orders;
    private readonly CartDeadlines _deadlines;

    /// <param name="horizonMs">A cart without activity for so long is forgotten; longer than every rule's deadline.</param>
    /// <param name="graceMs">Events behind the watermark by at most this much are still applied.</param>
    /// <param name="currency">The shop's currency, in which the rules' amounts are.</param>
    public CartAbandonmentProgram(
        IReadOnlyList<CartAbandonmentRule> rules, SegmentProgram segments, long horizonMs, long graceMs, Currency currency)
    {
        _horizonMs = horizonMs;
        _rules = new CompiledRules(rules, segments);
        _activity = new CartActivity(_rules);
        _orders = new OrderEffects(_rules, graceMs);
        _deadlines = new CartDeadlines(_rules, new StepGate(segments, currency), horizonMs, graceMs);
    }

    /// <summary>Folds one event into the customer's carts. <c>Header.CartsDueMs</c> is right afterwards.</summary>
    /// <returns>By how many the armed deadlines became more.</returns>
    public int Apply(
        CustomerRecord record, ReadOnlySpan<byte> customerKey, in StorefrontEvent e, EventBatch batch, TriggerOutput output)
    {
        if (_rules.All.Length == 0)
        {
            return 0;
        }

        var action = CartActions.Of(e.Type, _rules.HasBrowse);
        var hasCarts = record.Header.CartsDueMs != long.MaxValue;
        if (!hasCarts && action is CartAction.None or CartAction.Remove or CartAction.PaymentFailed)
        {
            return 0;
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
        return CountArmed(record) - before;
    }

    /// <summary>The rules, in the order of the definitions.</summary>
    public IReadOnlyList<RuleLayout> Layout => [.. _rules.All.Select(rule => new RuleLayout(rule.Rule.Id, rule.VersionText))];

    /// <summary>Puts the carts of a customer who was under other rules under these. A deadline that has passed by the numbers of now is due
    /// at once, at its own instant.</summary>
    /// <returns>By how many the armed deadlines became more.</returns>
    public int Adopt(CustomerRecord record)
    {
        var before = CountArmed(record);
        for (ushort id = 0; id < CartSections.CartsMax; id++)
        {
            if (record.Section(SectionKind.Cart, id).IsEmpty)
            {
                continue;
            }

            if (_rules.All.Length == 0)
            {
                // Without rules nobody looks after carts: an order would not take this one.
                CartSections.Remove(record, id);
            }
            else
            {
                CartSections.ChangeRules(record, id, _activity.RuleHashes);
                DisarmWhatIsOver(record.Section(SectionKind.Cart, id));
            }
        }

        _deadlines.Schedule(record);
        return CountArmed(record) - before;
    }

    /// <summary>A rule that has fewer steps now than it has sent is through with the cart.</summary>
    private void DisarmWhatIsOver(Span<byte> cart)
    {
        foreach (ref var state in CartSections.Rules(cart))
        {
            if (state.IsArmed && state.NextStep >= _rules.Of(state.RuleHash)!.Rule.StepsMs.Count)
            {
                state.Disarm();
            }
        }
    }

    /// <summary>Whether the event puts something into a cart or begins a checkout: what makes a session one with a cart, in the
    /// sense in which the rules have carts.</summary>
    public bool PutsInCart(in CustomerHeader header, in StorefrontEvent e, EventBatch batch) =>
        CartChange.Of(CartActions.Of(e.Type, false), in e, batch).Opens(in header, e.EventTimeMs, _rules.HasCheckout);

    /// <summary>Fires the steps that are due at this instant and forgets the carts whose horizon has passed.</summary>
    /// <returns>By how many the armed deadlines became more.</returns>
    public int FireDue(CustomerRecord record, ReadOnlySpan<byte> customerKey, long nowMs, TriggerOutput output)
    {
        var before = CountArmed(record);
        _deadlines.FireDue(record, customerKey, nowMs, output);
        return CountArmed(record) - before;
    }

    /// <summary>Emits what subscribers must be told after a late event: <see cref="TriggerCorrection.Apply"/>.</summary>
    internal void Correct(
        CustomerRecord known, CustomerRecord now, TriggerOutput before, TriggerOutput after, in StorefrontEvent e, EventBatch batch,
        TriggerOutput output) =>
        new TriggerCorrection(_rules, known, now, before, after, output).Apply(in e, batch);

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
            foreach (ref readonly var rule in CartSections.Rules(cart))
            {
                armed += rule.IsArmed ? 1 : 0;
            }
        }

        return armed;
    }
}
