using System.Text;
using StreamSegmenter.Definitions;
using StreamSegmenter.Events;
using StreamSegmenter.Runtime.Configuration.Shapes;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Runtime.Configuration.Sections;

/// <summary>Reads one cart-abandonment rule.</summary>
internal static class CartRuleSection
{
    public static CartAbandonmentRule Read(
        SectionReader section, Currency currency, IReadOnlyCollection<string> segmentIds, LoadContext context)
    {
        var (reentry, cooldownMs) = ReadReentry(section);
        CheckSegments(section, segmentIds, context);
        var anyRearms = section.ChoiceOrNull<bool>("rearmOn") ?? false;
        CartRuleShape.TryParsePercent(section.Text("holdout"), out var holdout);
        return new CartAbandonmentRule(section.Text("id"))
        {
            Stage = section.Choice<CartStage>("stage"),
            StepsMs = ReadSteps(section, context),
            RearmOn = anyRearms ? [] : [.. section.Texts("rearmOn").Select(context.EventTypeOf)],
            RearmOnAny = anyRearms,
            Reentry = reentry,
            CooldownMs = cooldownMs,
            TotalMinMinor = ReadAmount(section, "minTotal", currency, context),
            TotalMaxMinor = ReadAmount(section, "maxTotal", currency, context),
            ItemPriceMinMinor = ReadAmount(section, "minItemPrice", currency, context),
            ItemsMin = (int)section.Integer("minItems"),
            ItemsMax = section.Scalar("maxItems") is null ? null : (int)section.Integer("maxItems"),
            InSegment = section.Scalar("inSegment")?.Text,
            NotInSegment = section.Scalar("notInSegment")?.Text,
            Attributes = [.. section.Texts("attributes").Select(a => a.Text)],
            FrequencyCap = ReadCap(section.Section("frequencyCap"), section.Has("frequencyCap")),
            QuietHours = ReadQuietHours(section.Section("quietHours"), section.Has("quietHours"), context),
            HoldoutPerTenThousand = holdout,
            StalenessMaxMs = section.Scalar("maxStaleness") is null ? null : section.Measure("maxStaleness"),
            AttributionMs = section.Measure("attribution"),
            RecoveredByCart = section.Choice<bool>("recoveredBy"),
            OrderTakesAllCarts = section.Choice<bool>("orderTakes"),
        };
    }

    private static long[] ReadSteps(SectionReader section, LoadContext context)
    {
        var steps = section.Durations("steps");
        if (section.Has("after") == section.Has("steps"))
        {
            var what = section.Has("after")
                ? "has both 'after' and 'steps'; keep one"
                : "needs 'after: 30m', or 'steps: [1h, 24h, 72h]'";
            if (!section.HasMistyped("after") && !section.HasMistyped("steps"))
            {
                context.Problems.Add(section.Place, $"the rule '{section.Text("id")}' {what}");
            }

            return [section.Has("after") ? section.Measure("after") : DurationShape.MinuteMs];
        }

        if (steps.Count > CartRuleShape.StepsCountMax)
        {
            context.Problems.Add(
                section.PlaceOf("steps"), $"'steps' has {steps.Count} entries; at most {CartRuleShape.StepsCountMax} are accepted");
        }

        for (var i = 1; i < steps.Count; i++)
        {
            if (steps[i].Ms <= steps[i - 1].Ms)
            {
                context.Problems.Add(
                    steps[i].Place,
                    $"'steps' must ascend: {DurationShape.Show(steps[i].Ms)} comes after {DurationShape.Show(steps[i - 1].Ms)}");
            }
        }

        return section.Has("after") ? [section.Measure("after")]
            : steps.Count == 0 ? [DurationShape.MinuteMs] // None of them is valid, which is reported.
            : [.. steps.Select(step => step.Ms)];
    }

    private static void CheckSegments(SectionReader section, IReadOnlyCollection<string> segmentIds, LoadContext context)
    {
        foreach (var key in new[] { "inSegment", "notInSegment" })
        {
            if (section.Scalar(key) is { } name && !segmentIds.Contains(name.Text))
            {
                context.Problems.Add(
                    name.Place,
                    $"'{key}' names an unknown segment '{name.Text}'{NearestName.HintOrList(name.Text, segmentIds)}");
            }
        }

        if (section.Scalar("inSegment")?.Text is { } both && both == section.Scalar("notInSegment")?.Text)
        {
            context.Problems.Add(
                section.PlaceOf("notInSegment"),
                $"'inSegment' and 'notInSegment' both name '{both}': the rule would never fire");
        }
    }

    private static (Reentry Reentry, long CooldownMs) ReadReentry(SectionReader section) => section.Section("reentry") is var cooling && cooling.Has("cooldown")
        ? (Reentry.AfterCooldown, cooling.Measure("cooldown"))
        : (section.Choice<Reentry>("reentry"), 0);

    /// <summary>Money is exact: more digits than the currency has would be rounded silently, so they are refused.</summary>
    private static long? ReadAmount(SectionReader section, string key, Currency currency, LoadContext context)
    {
        if (section.Scalar(key) is not { } amount)
        {
            return null;
        }

        var point = amount.Text.IndexOf('.');
        if (point >= 0 && amount.Text.Length - point - 1 > currency.MinorDigits)
        {
            context.Problems.Add(
                amount.Place,
                $"'{key}' has more digits than {currency} knows ({currency.MinorDigits} behind the point), found {amount.Found}");
        }

        return DecimalText.TryParseMinor(Encoding.UTF8.GetBytes(amount.Text), currency.MinorDigits, out var minor) ? minor : null;
    }

    private static FrequencyCap? ReadCap(SectionReader section, bool isThere) =>
        isThere ? new FrequencyCap((int)section.Integer("max"), section.Measure("per")) : null;

    private static QuietHours? ReadQuietHours(SectionReader section, bool isThere, LoadContext context)
    {
        if (!isThere || !CartRuleShape.TryParseTime(section.Text("from"), out var from)
            || !CartRuleShape.TryParseTime(section.Text("to"), out var to))
        {
            return null;
        }

        if (from == to)
        {
            context.Problems.Add(section.PlaceOf("to"), "'quietHours' begin and end at the same time of day: nothing would ever be sent");
            return null;
        }

        return new QuietHours(
            from, to, section.Text("timeZone"), section.TextOrNull("timeZoneProperty"),
            section.Choice<QuietHoursAction>("action"));
    }
}
