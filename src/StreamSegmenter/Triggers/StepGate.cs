using System.Text;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Time;

namespace StreamSegmenter.Triggers;

/// <summary>What the gate says of a step that is due: deferred, suppressed, or (both null) to be sent.</summary>
internal readonly record struct StepVerdict(long? DeferredToMs, SuppressionReason? Reason)
{
    public static implicit operator StepVerdict(SuppressionReason reason) => new(null, reason);
}

/// <summary>Everything that a step has to pass when it is due, checked on the cart and the customer as they then are: the rule's
/// conditions, quiet hours, the frequency cap, staleness, the holdout; in this order, and the first that fails is the reason
/// that is given. The holdout comes last, so that what is held out is what would have been sent.</summary>
internal sealed class StepGate(SegmentProgram segments, Currency currency)
{
    /// <param name="clockMs">Processing time; null on a replay.</param>
    public StepVerdict Judge(
        CustomerRecord record, Span<byte> cart, CompiledRule rule, ReadOnlySpan<byte> customerKey, long dueMs, long? clockMs)
    {
        if (CartReason(cart, rule.Rule) is { } reason)
        {
            return reason;
        }

        if (rule.InSegment >= 0 && !segments.IsMember(record, rule.InSegment))
        {
            return SuppressionReason.NotInSegment;
        }

        if (rule.NotInSegment >= 0 && segments.IsMember(record, rule.NotInSegment))
        {
            return SuppressionReason.InExcludedSegment;
        }

        if (rule.Rule.QuietHours is { } quiet && quiet.EndOf(dueMs, ZoneOf(record, rule, quiet)) is { } endMs)
        {
            return quiet.Action == QuietHoursAction.Defer ? new StepVerdict(endMs, null) : SuppressionReason.QuietHours;
        }

        var isHeldOut = rule.HoldsOut(customerKey);
        if (rule.Rule.FrequencyCap is { } cap && TriggerHistory.Count(record, rule.Hash, dueMs, cap.PeriodMs, isHeldOut) >= cap.Max)
        {
            return SuppressionReason.FrequencyCap;
        }

        if (rule.Rule.StalenessMaxMs is { } most && clockMs - dueMs > most)
        {
            return SuppressionReason.Stale;
        }

        return isHeldOut ? SuppressionReason.Holdout : default(StepVerdict);
    }

    private SuppressionReason? CartReason(Span<byte> cart, CartAbandonmentRule rule)
    {
        var value = CartValue.Of(cart);
        var total = value.Currency == currency ? value.TotalMinor : null;
        if (total is null && (rule.TotalMinMinor ?? rule.TotalMaxMinor) is not null)
        {
            return SuppressionReason.TotalUnknown;
        }

        if (rule.TotalMinMinor is { } least && !(total >= least))
        {
            return SuppressionReason.TotalTooLow;
        }

        if (rule.TotalMaxMinor is { } most && !(total <= most))
        {
            return SuppressionReason.TotalTooHigh;
        }

        if (value.Items < rule.ItemsMin)
        {
            return SuppressionReason.TooFewItems;
        }

        if (value.Items > rule.ItemsMax)
        {
            return SuppressionReason.TooManyItems;
        }

        var price = value.Currency == currency ? value.PriceMaxMinor : null;
        return rule.ItemPriceMinMinor is { } dear && !(price >= dear) ? SuppressionReason.ItemsTooCheap : null;
    }

    /// <summary>The customer's own zone where an event carried it and this system knows it, else the rule's.</summary>
    private static TimeZoneInfo ZoneOf(CustomerRecord record, CompiledRule rule, QuietHours quiet)
    {
        if (quiet.TimeZoneProperty is { } property
            && RuleAttributes.Find(record, Encoding.UTF8.GetBytes(property)) is { IsEmpty: false } name
            && TimeZones.TryFind(Encoding.UTF8.GetString(name), out var own))
        {
            return own;
        }

        return rule.Zone!;
    }
}
