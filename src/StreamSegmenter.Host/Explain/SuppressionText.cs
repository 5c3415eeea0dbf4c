using System.Globalization;
using StreamSegmenter.Events;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Runtime.Configuration.Shapes;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Host.Explain;

/// <summary>The reason why a step was not sent, with the rule's key, so that its author knows where to look.</summary>
internal sealed class SuppressionText(Currency shop)
{
    /// <param name="suppressed">What was not sent.</param>
    /// <param name="rule">Null when the definitions no longer have the rule: then the reason goes without its numbers.</param>
    public string Of(SuppressedTrigger suppressed, CartAbandonmentRule? rule)
    {
        var trigger = suppressed.Trigger;
        var items = trigger.Lines.Sum(line => (long)line.Quantity);
        return suppressed.Reason switch
        {
            SuppressionReason.TotalTooLow => $"minTotal: {Total(trigger)}, the rule wants at least {Amount(rule?.TotalMinMinor)}",
            SuppressionReason.TotalUnknown => $"{(rule?.TotalMinMinor is null ? "maxTotal" : "minTotal")}: the cart has no total in {shop}: its lines have no prices, or prices in another currency",
            SuppressionReason.TotalTooHigh => $"maxTotal: {Total(trigger)}, the rule wants at most {Amount(rule?.TotalMaxMinor)}",
            SuppressionReason.TooFewItems => $"minItems: the cart holds {items}, the rule wants at least {rule?.ItemsMin}",
            SuppressionReason.TooManyItems => $"maxItems: the cart holds {items}, the rule wants at most {rule?.ItemsMax}",
            SuppressionReason.ItemsTooCheap => $"minItemPrice: no item costs {Amount(rule?.ItemPriceMinMinor)} or more",
            SuppressionReason.NotInSegment => $"inSegment: not a member of {rule?.InSegment} at that instant",
            SuppressionReason.InExcludedSegment => $"notInSegment: a member of {rule?.NotInSegment} at that instant",
            SuppressionReason.QuietHours => $"quietHours: fell into {Quiet(rule?.QuietHours)}, and the rule's action is skip",
            SuppressionReason.FrequencyCap => $"frequencyCap: {Cap(rule?.FrequencyCap)}",
            SuppressionReason.Holdout => "holdout: the customer is in the share that is recorded but never sent",
            SuppressionReason.Stale => "maxStaleness: the engine came to it too late",
            SuppressionReason.Reentry => $"reentry: the rule fired for the customer before; its reentry is {Reentry(rule)}",
            _ => suppressed.Reason.ToString(),
        };
    }

    private static string Quiet(QuietHours? quiet) =>
        quiet is null ? "quiet hours" : string.Create(CultureInfo.InvariantCulture, $"{quiet.From:HH\\:mm} to {quiet.To:HH\\:mm} {quiet.TimeZone}");

    private static string Cap(FrequencyCap? cap) =>
        cap is null ? "enough triggers were sent" : $"{cap.Max} sent within {DurationShape.Show(cap.PeriodMs)} already";

    private static string Reentry(CartAbandonmentRule? rule) => rule?.Reentry switch
    {
        Triggers.Reentry.Never => "never again",
        Triggers.Reentry.AfterCooldown => $"not within {DurationShape.Show(rule.CooldownMs)}",
        _ => "not yet",
    };

    private string Amount(long? minor) => minor is { } known ? Money.Show(known, shop) : "more";

    private string Total(CartAbandoned trigger) => trigger.TotalMinor is { } total
        ? $"the cart is worth {Money.Show(total, Money.CurrencyOf(trigger.Currency, shop))}"
        : "the cart has no total";
}
