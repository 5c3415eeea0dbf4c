using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Segments.Language;

namespace StreamSegmenter.Runtime.Configuration.Sections;

/// <summary>Reads <c>inputs</c>.</summary>
internal static class InputsSection
{
    public const string StandardInput = "-";

    public static IReadOnlyList<InputConfiguration> Read(SectionReader root, Currency shopCurrency, LoadContext context)
    {
        var sections = root.Sections("inputs");
        context.RefuseRepeated("the topic", Named(sections, "topic"));
        context.RefuseRepeated("standard input", Named(sections, "file").Where(file => file.Text == StandardInput));
        return [.. sections.Select(section => ReadInput(section, shopCurrency, context))];
    }

    /// <summary>Event types of the user's own: those that mappings name, if they do not look like mistyped well-known ones
    /// or are declared by mapping a name to itself.</summary>
    public static IReadOnlySet<string> OwnEventTypes(SectionReader root) =>
        root.Sections("inputs").SelectMany(i => i.Section("mapping").Entries("eventTypes"))
            .Where(e => e.Key == e.Value.Text || LoadContext.NearlyWellKnown(e.Value.Text) is null)
            .Select(e => e.Value.Text).ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<PlacedText> Named(IEnumerable<SectionReader> sections, string key) =>
        sections.Where(s => s.Has(key)).Select(s => new PlacedText(s.Text(key), s.PlaceOf(key)));

    private static InputConfiguration ReadInput(SectionReader section, Currency shopCurrency, LoadContext context)
    {
        CheckOrigin(section, context);
        var path = section.TextOrNull("file");
        var format = section.ChoiceOrNull<RecordFormat>("format") ?? RecordFormats.OfFile(path ?? "");
        if (format != RecordFormat.Csv && section.Section("mapping").Has("csv"))
        {
            context.Problems.Add(section.Section("mapping").PlaceOf("csv"), "'csv' is only for format: csv");
        }

        var file = path is null or StandardInput ? path : context.Resolve(new PlacedText(path, section.PlaceOf("file")));
        if (context.Use == ConfigurationUse.Replay && file is not (null or StandardInput) && !File.Exists(file))
        {
            context.Problems.Add(section.PlaceOf("file"), $"there is no file '{path}'");
        }

        return new InputConfiguration(
            section.TextOrNull("topic"), file, format, section.Choice<bool>("sort"),
            section.Measure("maxOutOfOrderness"), ReadMapping(section, format, shopCurrency, context),
            MappingSection.ReadCsv(section.Section("mapping").Section("csv"), context));
    }

    private static InputMapping ReadMapping(SectionReader section, RecordFormat format, Currency shopCurrency, LoadContext context)
    {
        var shape = format == RecordFormat.Csv ? RecordShape.Table : RecordShape.Tree;
        var mapping = MappingSection.Read(section.Section("mapping"), shape, shopCurrency, context);
        if (!section.Has("where"))
        {
            return mapping;
        }

        var place = section.Scalar("where")?.TextPlace ?? section.Place;
        var errors = new List<DefinitionError>();
        var filter = EventFilterCompiler.Compile(
            new SegmentDefinition("where", section.Text("where"), place.File, place.Line, place.Column), shopCurrency, context.Zone,
            [.. context.OwnEventTypes, .. mapping.EventTypes.Values], errors);
        context.Problems.AddRange(errors);
        return mapping with { Where = filter };
    }

    private static void CheckOrigin(SectionReader section, LoadContext context)
    {
        var problems = context.Problems;
        if (section.HasMistyped("topic") || section.HasMistyped("file"))
        {
            return;
        }

        if (!section.Has("topic") && !section.Has("file"))
        {
            problems.Add(section.Place, "an input needs a 'topic' (for run) or a 'file' (for replay)");
        }
        else if (context.Use == ConfigurationUse.Replay && !section.Has("file"))
        {
            problems.Add(section.Place, "replay reads files: give this input a 'file', or --set inputs[0].file=PATH");
        }
        else if (context.Use == ConfigurationUse.Run && !section.Has("topic"))
        {
            problems.Add(section.Place, "run reads topics: give this input a 'topic'; for a file there is 'replay'");
        }

        if (section.Choice<bool>("sort") && !section.Has("file"))
        {
            problems.Add(section.PlaceOf("sort"), "'sort' is only for files: a topic's order is that of its records");
        }
    }
}
