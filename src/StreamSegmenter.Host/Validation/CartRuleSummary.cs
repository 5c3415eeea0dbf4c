using System.Globalization;
using StreamSegmenter.Events;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Runtime.Configuration.Shapes;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Host.Validation;

/// <summary>Describes the cart-abandonment rules.</summary>
internal static class CartRuleSummary
{
    public static void Write(IReadOnlyList<CartAbandonmentRule> rules, Currency currency, SummaryText text)
    {
        text.Heading("Cart abandonment", rules.Count == 0 ? "no rule" : "");
        foreach (var rule in rules)
        {
            var stage = rule.Stage == CartStage.Cart ? "" : $"from the stage {rule.Stage.ToString().ToLowerInvariant()} on, ";
            var steps = string.Join(", ", rule.StepsMs.Select(Duration));
            text.Row(rule.Id, $"{stage}fires {steps} after the last {Activity(rule)}; {Again(rule)}");
            foreach (var condition in Conditions(rule, currency).Concat(Manners(rule)))
            {
                text.More(condition);
            }
        }
    }

    private static string Activity(CartAbandonmentRule rule) => rule switch
    {
        { RearmOnAny: true } => "event of the customer",
        { RearmOn.Count: 0 } => "change of the cart or step of the checkout",
        _ => $"change of the cart, step of the checkout or {string.Join(" or ", rule.RearmOn.Select(EventTypes.NameOf))}",
    };

    private static string Again(CartAbandonmentRule rule) => rule.Reentry switch
    {
        Reentry.AtOnce => "again after any new activity",
        Reentry.AfterCooldown => $"again for the same customer after {Duration(rule.CooldownMs)}",
        Reentry.Never => "once per customer",
        _ => "once per cart",
    };

    /// <summary>Everything that the rule asks for beside its steps, a sentence each.</summary>
    public static IEnumerable<string> Sentences(CartAbandonmentRule rule, Currency currency) => Conditions(rule, currency).Concat(Manners(rule)).Append(Again(rule));

    /// <summary>Which carts and which customers.</summary>
    private static IEnumerable<string> Conditions(CartAbandonmentRule rule, Currency currency)
    {
        if (rule.TotalMinMinor is { } least)
        {
            yield return $"only carts worth at least {Money.Show(least, currency)}";
        }

        if (rule.TotalMaxMinor is { } most)
        {
            yield return $"only carts worth at most {Money.Show(most, currency)}";
        }

        if (rule.ItemPriceMinMinor is { } price)
        {
            yield return $"only carts with an item of at least {Money.Show(price, currency)}";
        }

        if (rule.ItemsMin > 0 || rule.ItemsMax is not null)
        {
            var itemsMax = rule.ItemsMax?.ToString(CultureInfo.InvariantCulture) ?? "any number of";
            yield return $"only carts with {rule.ItemsMin} to {itemsMax} items";
        }

        if (rule.InSegment is not null)
        {
            yield return $"only members of {rule.InSegment}";
        }

        if (rule.NotInSegment is not null)
        {
            yield return $"never members of {rule.NotInSegment}";
        }
    }

    /// <summary>When and how often it may speak, and what comes with it.</summary>
    private static IEnumerable<string> Manners(CartAbandonmentRule rule)
    {
        if (rule.FrequencyCap is { } cap)
        {
            yield return $"at most {cap.Max} for one customer in any {Duration(cap.PeriodMs)}";
        }

        if (rule.QuietHours is { } quiet)
        {
            var zone = quiet.TimeZoneProperty is { } property
                ? $"the customer's own time ('{property}'), else {quiet.TimeZone}"
                : quiet.TimeZone;
            var then = quiet.Action == QuietHoursAction.Skip ? "skipped" : "deferred to their end";
            yield return string.Create(CultureInfo.InvariantCulture, $"quiet from {quiet.From:HH\\:mm} to {quiet.To:HH\\:mm}, {zone}: {then}");
        }

        if (rule.HoldoutPerTenThousand > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"holds out {rule.HoldoutPerTenThousand / 100m:0.##} % of the customers");
        }

        if (rule.StalenessMaxMs is { } staleMs)
        {
            yield return $"not sent once it is {Duration(staleMs)} old";
        }

        yield return rule.AttributionMs == 0
            ? "no order counts as a recovery"
            : $"{(rule.RecoveredByCart ? "an order that takes the cart" : "any order of the customer")} within {Duration(rule.AttributionMs)} counts as its recovery";
        if (rule.OrderTakesAllCarts)
        {
            yield return "an order takes all carts of the customer";
        }

        if (rule.Attributes.Count > 0)
        {
            yield return $"with {string.Join(", ", rule.Attributes)}";
        }
    }

    private static string Duration(long ms) => DurationShape.Show(ms);
}
