using System.Collections.Immutable;
using StreamSegmenter.Connectors.Codecs.Csv;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Events;
using StreamSegmenter.Runtime.Configuration.Nodes;
using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Runtime.Configuration.Sections;

/// <summary>Reads an input's <c>mapping</c>.</summary>
internal static class MappingSection
{
    public static InputMapping Read(SectionReader section, RecordShape shape, Currency shopCurrency, LoadContext context)
    {
        var eventTypes = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, _, value) in section.Entries("eventTypes"))
        {
            eventTypes[name] = EventTypes.NameOf(context.EventTypeOf(new PlacedText(value.Text, value.Place)));
        }

        var currency = Currency.TryParse(section.Text("currency"), out var own) ? own : shopCurrency;
        var mapping = new InputMapping
        {
            Fields = section.Nodes("fields").Where(f => IsField(f.Key) && f.Value is not ScalarNode { IsNull: true })
                .ToImmutableDictionary(f => f.Key, f => FieldSection.Read(f.Value), StringComparer.Ordinal),
            Items = ReadItems(section.Node("items")),
            Json = FieldSection.Texts(section.Node("json")) ?? [],
            Missing = FieldSection.Texts(section.Node("missing")),
            TimeZone = ZoneShape.TryParse(section.Text("timeZone"), out var zone) ? zone : null,
            DecimalMark = section.ChoiceOrNull<char>("decimal"),
            EventTypes = eventTypes.ToImmutable(),
            TimeFormat = section.Choice<TimeFormat>("timeFormat"),
            Currency = currency.IsNone ? null : currency.ToString(),
            Unfold = section.TextOrNull("unfold"),
            TimestampFrom = section.Choice<TimestampSource>("timestampFrom"),
            CustomerFrom = section.Choice<CustomerSource>("customerFrom"),
        };
        foreach (var error in mapping.Check(shape))
        {
            context.Problems.Add(PlaceOf(section, error.Path), $"'{error.Path}': {error.Message}");
        }

        return mapping;
    }

    private static ItemsMapping ReadItems(ConfigurationNode? node) => node switch
    {
        MapNode map => new ItemsMapping
        {
            From = FieldSection.Texts(map.Find("list")) ?? [],
            Fields = (map.Find("fields") as MapNode)?.Entries.Where(f => LineFieldNames.TryParse(f.Key, out _) && f.Value is not ScalarNode { IsNull: true })
                .ToImmutableDictionary(f => f.Key, f => FieldSection.Read(f.Value), StringComparer.Ordinal)
                ?? ImmutableDictionary<string, FieldMapping>.Empty,
        },
        _ => new ItemsMapping { From = FieldSection.Texts(node) ?? [] },
    };

    public static CsvOptions ReadCsv(SectionReader section, LoadContext context)
    {
        var columns = section.Texts("columns");
        context.RefuseRepeated("the column", columns);
        if (columns.Count > 0 && section.Boolean("header"))
        {
            context.Problems.Add(section.PlaceOf("columns"), "'columns' replaces the header line: set header: false");
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

    /// <summary>The place of <c>fields.customer_id</c> and the like.</summary>
    private static SourceLocation PlaceOf(SectionReader section, string path)
    {
        var dot = path.IndexOf('.');
        path = dot < 0 && path.IndexOf('[') is > 0 and var bracket ? path[..bracket] : path;
        if (dot < 0)
        {
            return section.PlaceOf(path);
        }

        var key = path[..dot];
        var entries = key == "items" ? section.Section(key).Nodes("fields") : section.Nodes(key);
        foreach (var entry in entries)
        {
            if (entry.Key == path[(dot + 1)..])
            {
                return entry.Value.Place;
            }
        }

        return section.PlaceOf(key);
    }
}
