using System.Text;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;

namespace StreamSegmenter.Triggers;

/// <summary>What subscribers must be told after a late event made a customer's history another one: a step that fires in the new
/// history alone is sent; one that fires in the old history alone is retracted; a recovery that is new is added. So what was sent and not
/// retracted is what the sorted history sends.</summary>
/// <param name="known">The record as it was, of the old history.</param>
/// <param name="now">The record of the new history.</param>
/// <param name="before">What the old history gives, staleness apart.</param>
/// <param name="after">What the new history gives, staleness apart.</param>
internal sealed class TriggerCorrection(
    CompiledRules rules, CustomerRecord known, CustomerRecord now, TriggerOutput before, TriggerOutput after, TriggerOutput output)
{
    /// <param name="e">The late event.</param>
    public void Apply(in StorefrontEvent e, EventBatch batch)
    {
        Retract(in e, batch);
        foreach (var trigger in after.Triggers)
        {
            if (Has(before.Triggers, trigger))
            {
                KeepUnsent(trigger);
            }
            else if (trigger.Kind == TriggerKind.Emitted)
            {
                Send(trigger);
            }
            else
            {
                output.Triggers.Add(trigger);
            }
        }

        foreach (var suppressed in after.Suppressed)
        {
            if (!Has(before.Suppressed, suppressed))
            {
                output.Suppressed.Add(suppressed);
            }
        }
    }

    private void Retract(in StorefrontEvent e, EventBatch batch)
    {
        foreach (var trigger in before.Triggers)
        {
            if (trigger.Kind == TriggerKind.Emitted && !Has(after.Triggers, trigger) && WasSent(trigger))
            {
                output.Triggers.Add(Retraction(trigger, in e, batch));
            }
        }

        foreach (var held in before.Suppressed)
        {
            if (held.Reason == SuppressionReason.Holdout && held.Trigger.Kind == TriggerKind.Emitted && !Has(after.Suppressed, held))
            {
                output.Suppressed.Add(new SuppressedTrigger(Retraction(held.Trigger, in e, batch), SuppressionReason.Holdout));
            }
        }
    }

    private void Send(CartAbandoned trigger)
    {
        if (StalenessMaxMs(trigger) is { } most && output.ClockMs - trigger.FiredAtMs > most)
        {
            output.Suppressed.Add(new SuppressedTrigger(trigger, SuppressionReason.Stale));
            TriggerHistory.Mark(now, trigger.TriggerId, SentFlags.Retracted);
            return;
        }

        output.Triggers.Add(trigger);
    }

    /// <summary>What was too stale to be sent stays unsent: no order can recover it.</summary>
    private void KeepUnsent(CartAbandoned trigger)
    {
        if (trigger.Kind == TriggerKind.Emitted && !WasSent(trigger))
        {
            TriggerHistory.Mark(now, trigger.TriggerId, SentFlags.Retracted);
        }
    }

    private bool WasSent(CartAbandoned trigger) =>
        StalenessMaxMs(trigger) is null || TriggerHistory.Find(known, trigger.TriggerId) is { } flags && (flags & SentFlags.Retracted) == 0;

    private long? StalenessMaxMs(CartAbandoned trigger) => Array.Find(rules.All, rule => rule.Rule.Id == trigger.Rule)?.Rule.StalenessMaxMs;

    private static bool Has(List<CartAbandoned> triggers, CartAbandoned wanted) =>
        triggers.Exists(trigger => trigger.Kind == wanted.Kind && trigger.TriggerId == wanted.TriggerId);

    private static bool Has(List<SuppressedTrigger> triggers, SuppressedTrigger wanted) => triggers.Exists(other =>
        other.Reason == wanted.Reason && other.Trigger.Kind == wanted.Trigger.Kind && other.Trigger.TriggerId == wanted.Trigger.TriggerId);

    private static CartAbandoned Retraction(CartAbandoned trigger, in StorefrontEvent e, EventBatch batch)
    {
        var isOrder = e.Type == EventTypes.OrderCompleted;
        var orderId = batch.Text(in e, e.OrderId);
        return trigger with
        {
            Kind = TriggerKind.Retracted,
            Lines = [],
            TotalMinor = null,
            Currency = null,
            Attributes = RuleAttributes.None,
            OrderId = isOrder && !orderId.IsEmpty ? Encoding.UTF8.GetString(orderId) : null,
            OrderedAtMs = isOrder ? e.EventTimeMs : null,
        };
    }
}
