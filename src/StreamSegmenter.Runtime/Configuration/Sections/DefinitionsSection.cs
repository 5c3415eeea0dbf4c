using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Segments;

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
            Segments = [.. segments.Where(s => s.Scalar("when") is not null).Select(ReadSegment)],
            Conversions = ReadConversions(root.Section("conversions"), context),
            SessionGapMs = root.Section("session").Measure("gap"),
            GraceMs = root.Measure("grace"),
            CartHorizonMs = horizonMs,
            DeduplicationMs = root.Section("deduplication").Measure("window"),
            OrdersRememberMs = root.Section("orders").Measure("remember"),
        };
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
        var program = definitions.CompileSegments(context.OwnEventTypes, errors);
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
