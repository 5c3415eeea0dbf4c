using System.Globalization;
using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Segments;
using StreamSegmenter.Windows;

namespace StreamSegmenter.Runtime.Configuration.Sections;

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
        var segmentIds = Ids(segments).Select(id => id.Text).ToArray();
        var compiled = rules.Select(rule => CartRuleSection.Read(rule, currency, segmentIds, context)).ToArray();
        for (var i = 0; i < compiled.Length; i++)
        {
            if (compiled[i].StepsMs[^1] >= horizonMs)
            {
                var key = rules[i].Has("steps") ? "steps" : "after";
                context.Problems.Add(rules[i].PlaceOf(key), $"'{key}' must be shorter than 'cartHorizon' ({Shapes.DurationShape.Show(horizonMs)}), "
                    + "when a cart without activity is forgotten");
            }
        }

        return new StorefrontDefinitions
        {
            Currency = currency,
            CartAbandonment = compiled,
            Segments = [.. segments.Select(ReadSegment)],
            Conversions = ReadConversions(root.Section("conversions"), ZoneOf(root), context),
            SessionGapMs = root.Section("session").Measure("gap"),
            GraceMs = root.Measure("grace"),
            CartHorizonMs = horizonMs,
            DeduplicationMs = root.Section("deduplication").Measure("window"),
            OrdersRememberMs = root.Section("orders").Measure("remember"),
            TimeZone = ZoneOf(root),
            TimeZoneProperty = root.Scalar("timeZoneProperty")?.Text,
        };
    }

    /// <summary>The shop's time zone.</summary>
    public static TimeZoneInfo ZoneOf(SectionReader root) =>
        Shapes.ZoneShape.TryParse(root.Text("timeZone"), out var zone)
        && (zone.BaseUtcOffset != TimeSpan.Zero || zone.GetAdjustmentRules().Length > 0)
            ? zone
            : TimeZoneInfo.Utc;

    /// <summary>Null after an error. What is wrong in the conditions is reported beside what is wrong around them; a segment that lacks its
    /// name or its condition stands in for itself, so that no other one is reported for referring to it.</summary>
    public static SegmentProgram? CompileSegments(SectionReader root, StorefrontDefinitions definitions, LoadContext context)
    {
        var sections = root.Sections("segments");
        var isWhole = sections.All(s => s.Scalar("when") is not null) && Ids(sections).DistinctBy(id => id.Text).Count() == sections.Count;
        var errors = new List<DefinitionError>();
        var warnings = new List<DefinitionError>();
        var program = (definitions with { Segments = [.. definitions.Segments.DistinctBy(segment => segment.Id)] })
            .CompileSegments(context.OwnEventTypes, errors, warnings);
        context.Problems.AddRange(errors);
        context.Problems.Warn(warnings);
        if (program is not null)
        {
            WarnOfIdleRules(root, program, context);
        }

        return isWhole ? program : null;
    }

    /// <summary>A rule for members of a segment that is always empty, or for those outside one that holds everyone, never fires.</summary>
    private static void WarnOfIdleRules(SectionReader root, SegmentProgram program, LoadContext context)
    {
        foreach (var rule in root.Sections("cartAbandonment"))
        {
            foreach (var (key, idle) in new[] { ("inSegment", Outcome.Never), ("notInSegment", Outcome.Always) })
            {
                var index = rule.Scalar(key) is { } id ? program.SegmentIds.ToList().IndexOf(id.Text) : -1;
                if (index >= 0 && program.Outcomes[index] == idle)
                {
                    context.Problems.Warn([rule.PlaceOf(key).Error(
                        $"the rule '{rule.Text("id")}' never fires: the segment '{program.SegmentIds[index]}' {(idle == Outcome.Never ? "is always empty" : "holds every customer")}")]);
                }
            }
        }
    }

    private static IEnumerable<PlacedText> Ids(IEnumerable<SectionReader> sections) =>
        sections.Where(s => s.Scalar("id") is not null).Select(s => new PlacedText(s.Text("id"), s.PlaceOf("id")));

    private static SegmentDefinition ReadSegment(SectionReader section, int index)
    {
        var when = section.Scalar("when");
        var place = when?.TextPlace ?? section.Place;
        var id = section.Scalar("id") is null ? string.Create(CultureInfo.InvariantCulture, $"(segment {index + 1})") : section.Text("id");
        return new SegmentDefinition(id, when?.Text ?? "false", place.File, place.Line, place.Column)
        {
            MinStayMs = section.Measure("minStay"),
            CooldownMs = section.Measure("cooldown"),
            Labels = LabelsOf(section),
        };
    }

    private static SegmentLabels? LabelsOf(SectionReader section)
    {
        var labels = new SegmentLabels(
            section.TextOrNull("name"), section.TextOrNull("description"), section.TextOrNull("owner"),
            [.. section.Texts("tags").Select(tag => tag.Text)]);
        return labels is { Name: null, Description: null, Owner: null, Tags.Count: 0 } ? null : labels;
    }

    private static IReadOnlyList<PlacedText> ReadDimensions(SectionReader section, LoadContext context)
    {
        var several = section.Texts("dimensions");
        if (section.Scalar("dimension") is not { } one)
        {
            return several;
        }

        if (several.Count > 0)
        {
            context.Problems.Add(one.Place, $"'dimension' and 'dimensions' are both there; write '{one.Text}' as an entry of 'dimensions'");
        }

        return [.. several, new PlacedText(one.Text, one.Place)];
    }

    private static ConversionDefinition ReadConversions(SectionReader section, TimeZoneInfo zone, LoadContext context)
    {
        var windows = section.Texts("windows").Select(text => (Window: ConversionWindow.TryParse(text.Text, out var window) ? window : default, text.Place)).ToArray();
        context.RefuseRepeated("the window", windows.Select(w => new PlacedText(w.Window.ToString(), w.Place)));
        foreach (var (window, place) in windows.Where(w => w.Window.Unit != CalendarUnit.None))
        {
            if (windows.Any(other => other.Window.LengthMs == window.LengthMs && other.Window.Unit == CalendarUnit.None))
            {
                context.Problems.Add(place, $"'windows' has {window} and {DurationText.Format(window.LengthMs)}, which subscribers could not tell apart; keep one of them");
            }
        }

        var dimensions = ReadDimensions(section, context);
        context.RefuseRepeated("the dimension", dimensions);
        foreach (var (text, place) in dimensions)
        {
            if (DimensionProblem(text) is { } problem)
            {
                context.Problems.Add(place, problem);
            }
        }

        if (dimensions.Count > ConversionDefinition.DimensionsMax)
        {
            context.Problems.Add(section.PlaceOf("dimensions"), string.Create(
                CultureInfo.InvariantCulture, $"'dimensions' has {dimensions.Count} entries, of which at most {ConversionDefinition.DimensionsMax} can be counted"));
        }

        var funnel = section.Texts("funnel");
        context.RefuseRepeated("the funnel's step", funnel);
        return new ConversionDefinition(
            [.. windows.Select(w => w.Window).DistinctBy(window => window.LengthMs)],
            [.. dimensions.Select(dimension => new ConversionDimension(dimension.Text))],
            (int)section.Integer("dimensionValues"),
            [.. funnel.Select(context.EventTypeOf)],
            section.Measure("horizon"))
        {
            TimeZone = zone,
        };
    }

    private static string? DimensionProblem(string name)
    {
        var fields = name.Split(ConversionDimension.PairSign, StringSplitOptions.TrimEntries);
        return name == "all" ? "'all' is the name of the numbers for all traffic, which are always counted; remove it"
            : fields.Length > 2 ? $"the dimension '{name}' has {fields.Length} fields; a pair such as channel+device has two"
            : fields.Contains("") ? $"the dimension '{name}' lacks a field beside its '+'; a pair is written channel+device"
            : fields.Length == 2 && fields[0] == fields[1] ? $"the dimension '{name}' is a pair of one and the same field; write '{fields[0]}'"
            : System.Text.Encoding.UTF8.GetByteCount(name) > 255 ? $"the name of the dimension '{name}' is longer than 255 bytes"
            : null;
    }
}
