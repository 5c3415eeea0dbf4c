using System.Collections.Immutable;
using StreamSegmenter.Connectors.Codecs.Csv;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Events;
using StreamSegmenter.Runtime.Configuration.Nodes;

namespace StreamSegmenter.Runtime.Configuration.Sections;

/// <summary>Reads an input's <c>mapping</c>.</summary>
internal static class MappingSection
{
    public static InputMapping Read(SectionReader section, Currency shopCurrency, LoadContext context)
    {
        var eventTypes = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, _, value) in section.Entries("eventTypes"))
        {
            eventTypes[name] = EventTypes.NameOf(context.EventTypeOf(new PlacedText(value.Text, value.Place)));
        }

        var currency = Currency.TryParse(section.Text("currency"), out var own) ? own : shopCurrency;
        var mapping = new InputMapping
        {
            Fields = section.Entries("fields").Where(f => IsField(f.Key))
                .ToImmutableDictionary(f => f.Key, f => f.Value.Text, StringComparer.Ordinal),
            EventTypes = eventTypes.ToImmutable(),
            TimeFormat = TimeFormatOf(section.Text("timeFormat")),
            Currency = currency.IsNone ? null : currency.ToString(),
            Unfold = section.TextOrNull("unfold"),
            TimestampFrom = section.Text("timestampFrom") == "record" ? TimestampSource.Record : TimestampSource.Field,
            CustomerFrom = section.Text("customerFrom") == "key" ? CustomerSource.Key : CustomerSource.Field,
        };
        foreach (var error in mapping.Check())
        {
            context.Problems.Add(PlaceOf(section, error.Path), $"'{error.Path}': {error.Message}");
        }

        return mapping;
    }

    public static CsvOptions ReadCsv(SectionReader section, LoadContext context)
    {
        var columns = section.Texts("columns");
        context.RefuseRepeated("the column", columns);
        if (columns.Count > 0 && section.Boolean("header"))
        {
            context.Problems.Add(section.PlaceOf("columns"), "'columns' names what a header line would: say header: false");
        }

        var delimiter = section.Text("delimiter");
        return new CsvOptions
        {
            Header = section.Boolean("header"),
            Delimiter = delimiter == "tab" ? '\t' : delimiter[0],
            Columns = [.. columns.Select(c => c.Text)],
        };
    }

    // What is no field is reported as an unknown key already.
    private static bool IsField(string name) =>
        name.StartsWith(MappedFieldNames.PropertyPrefix, StringComparison.Ordinal) || MappedFieldNames.TryParse(name, out _);

    private static TimeFormat TimeFormatOf(string name) => name switch
    {
        "epoch-ms" => TimeFormat.EpochMs,
        "epoch-s" => TimeFormat.EpochS,
        "epoch-us" => TimeFormat.EpochUs,
        "iso8601" => TimeFormat.Iso8601,
        _ => TimeFormat.Auto,
    };

    /// <summary>The place of <c>fields.customer_id</c> and the like.</summary>
    private static SourceLocation PlaceOf(SectionReader section, string path)
    {
        var dot = path.IndexOf('.');
        if (dot < 0)
        {
            return section.PlaceOf(path);
        }

        var key = path[..dot];
        foreach (var entry in section.Entries(key))
        {
            if (entry.Key == path[(dot + 1)..])
            {
                return entry.Value.Place;
            }
        }

        return section.PlaceOf(key);
    }
}
