using System.Text;
using StreamSegmenter.Conversions;
using StreamSegmenter.Definitions;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Host.Configuration.Sections;

/// <summary>Reads what the user defines about customers.</summary>
internal static class DefinitionsSection
{
    public static StorefrontDefinitions Read(SectionReader root, Currency currency, LoadContext context)
    {
        var segments = root.Sections("segments");
        context.RefuseRepeated("the segment", Ids(segments));
        var rules = root.Sections("cartAbandonment");
        context.RefuseRepeated("the rule", Ids(rules));
        var horizonMs = root.Measure("cartHorizon");
        foreach (var rule in rules.Where(r => r.Measure("after") >= horizonMs))
        {
            context.Problems.Add(rule.PlaceOf("after"), $"'after' must be shorter than 'cartHorizon' ({Shapes.DurationShape.Show(horizonMs)}), "
                + "when a cart without activity is forgotten");
        }

        var segmentIds = Ids(segments).Select(id => id.Text).ToArray();
        return new StorefrontDefinitions(
            root.Section("session").Measure("gap"),
            root.Measure("grace"),
            horizonMs,
            currency,
            [.. rules.Select(rule => ReadRule(rule, currency, segmentIds, context))],
            [.. segments.Where(s => s.Scalar("when") is not null).Select(ReadSegment)],
            ReadConversions(root.Section("conversions"), context));
    }

    /// <summary>Null after an error; also when a segment lacks its name or condition, which is reported then: that another
    /// segment does not find it would be a second error with the same cause.</summary>
    public static SegmentProgram? CompileSegments(SectionReader root, StorefrontDefinitions definitions, LoadContext context)
    {
        var sections = root.Sections("segments");
        if (sections.Any(s => s.Scalar("when") is null) || Ids(sections).DistinctBy(id => id.Text).Count() < sections.Count)
        {
            return null;
        }

        var errors = new List<DefinitionError>();
        var program = SegmentProgram.Compile(definitions, context.OwnEventTypes, errors);
        context.Problems.AddRange(errors);
        return program;
    }

    private static IEnumerable<PlacedText> Ids(IEnumerable<SectionReader> sections) =>
        sections.Where(s => s.Scalar("id") is not null).Select(s => new PlacedText(s.Text("id"), s.PlaceOf("id")));

    private static SegmentDefinition ReadSegment(SectionReader section)
    {
        var when = section.Scalar("when")!;
        return new SegmentDefinition(
            section.Text("id"), when.Text, when.TextPlace.File, when.TextPlace.Line, when.TextPlace.Column);
    }

    private static CartAbandonmentRule ReadRule(
        SectionReader section, Currency currency, IReadOnlyCollection<string> segmentIds, LoadContext context)
    {
        var (reentry, cooldownMs) = ReadReentry(section);
        foreach (var key in new[] { "inSegment", "notInSegment" })
        {
            if (section.Scalar(key) is { } name && !segmentIds.Contains(name.Text))
            {
                context.Problems.Add(name.Place, $"'{key}' names an unknown segment '{name.Text}'{NearestName.Hint(name.Text, segmentIds)}");
            }
        }

        if (section.Scalar("inSegment")?.Text is { } both && both == section.Scalar("notInSegment")?.Text)
        {
            context.Problems.Add(section.PlaceOf("notInSegment"), $"'inSegment' and 'notInSegment' both name '{both}': the rule would never fire");
        }

        var anyRearms = section.Scalar("rearmOn")?.Text == "any";
        return new CartAbandonmentRule(
            section.Text("id"),
            section.Measure("after"),
            anyRearms ? [] : [.. section.Texts("rearmOn").Select(context.EventTypeOf)],
            anyRearms,
            reentry,
            cooldownMs,
            ReadTotal(section, currency, context),
            (int)section.Integer("minItems"),
            section.Scalar("inSegment")?.Text,
            section.Scalar("notInSegment")?.Text,
            [.. section.Texts("attributes").Select(a => a.Text)]);
    }

    private static (Reentry Reentry, long CooldownMs) ReadReentry(SectionReader section) => section.Scalar("reentry")?.Text switch
    {
        "at-once" => (Reentry.AtOnce, 0),
        "never" => (Reentry.Never, 0),
        null when section.Section("reentry").Has("cooldown") =>
            (Reentry.AfterCooldown, section.Section("reentry").Measure("cooldown")),
        _ => (Reentry.PerNewCart, 0),
    };

    /// <summary>Money is exact: more digits than the currency has would be rounded silently, so they are refused.</summary>
    private static long? ReadTotal(SectionReader section, Currency currency, LoadContext context)
    {
        if (section.Scalar("minTotal") is not { } total)
        {
            return null;
        }

        var point = total.Text.IndexOf('.');
        if (point >= 0 && total.Text.Length - point - 1 > currency.MinorDigits)
        {
            context.Problems.Add(total.Place, $"'minTotal' has more digits than {currency} knows ({currency.MinorDigits} behind the point), found {total.Found}");
        }

        return DecimalText.TryParseMinor(Encoding.UTF8.GetBytes(total.Text), currency.MinorDigits, out var minor) ? minor : null;
    }

    private static ConversionDefinition ReadConversions(SectionReader section, LoadContext context)
    {
        var windows = section.Durations("windows");
        context.RefuseRepeated("the window", windows.Select(w => new PlacedText(Shapes.DurationShape.Show(w.Ms), w.Place)));
        var funnel = section.Texts("funnel");
        context.RefuseRepeated("the funnel's step", funnel);
        return new ConversionDefinition(
            [.. windows.Select(w => w.Ms).Distinct()],
            section.TextOrNull("dimension"),
            (int)section.Integer("dimensionValues"),
            [.. funnel.Select(context.EventTypeOf)],
            section.Measure("horizon"));
    }
}
