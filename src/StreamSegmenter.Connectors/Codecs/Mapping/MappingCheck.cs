using System.Collections.Immutable;
using System.Text;
using StreamSegmenter.Definitions;

namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>Finds every mistake in a mapping at once, in the order of the mapping's own parts.</summary>
internal sealed class MappingCheck(InputMapping mapping, RecordShape shape)
{
    // As many bits as a draft has for them.
    private const int ConditionsMax = 64;

    private readonly List<MappingError> _errors = [];
    private readonly HashSet<string> _conditions = new(StringComparer.Ordinal);

    public static IReadOnlyList<MappingError> Run(InputMapping mapping, RecordShape shape)
    {
        var check = new MappingCheck(mapping, shape);
        check.CheckAll();
        return check._errors;
    }

    private void CheckAll()
    {
        foreach (var (field, mapped) in InOrder(mapping.Fields))
        {
            CheckName(field);
            CheckSources($"fields.{field}", mapped, isLine: false);
        }

        CheckItems();
        foreach (var (foreign, type) in mapping.EventTypes.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (string.IsNullOrWhiteSpace(type))
            {
                Add($"eventTypes.{foreign}", "names no event type; write one such as product_viewed");
            }
        }

        if (mapping.Currency is { } currency && !Events.Currency.TryParse(currency, out _))
        {
            Add("currency", $"'{currency}' is not a three-letter ISO 4217 code such as EUR");
        }

        if (mapping.Unfold is { } unfold)
        {
            CheckPath("unfold", unfold, "a dotted path of an array such as payload.events");
            Require(shape != RecordShape.Table, "unfold", "a line of CSV holds no array; remove it");
        }

        for (var i = 0; i < mapping.Json.Length; i++)
        {
            CheckPath($"json[{i}]", mapping.Json[i], "a column's name or a dotted path");
        }

        CheckRecordSources();
        Require(_conditions.Count <= ConditionsMax, "fields", $"there are more than {ConditionsMax} different conditions behind 'if'");
    }

    private static IEnumerable<KeyValuePair<string, FieldMapping>> InOrder(ImmutableDictionary<string, FieldMapping> fields) =>
        fields.OrderBy(pair => pair.Key, StringComparer.Ordinal);

    private void CheckName(string field)
    {
        var path = $"fields.{field}";
        if (field.StartsWith(MappedFieldNames.PropertyPrefix, StringComparison.Ordinal))
        {
            Require(
                Encoding.UTF8.GetByteCount(field) - MappedFieldNames.PropertyPrefix.Length is >= 1 and <= byte.MaxValue,
                path, "a property's name has 1 to 255 bytes");
        }
        else if (!MappedFieldNames.TryParse(field, out _))
        {
            var nearest = NearestName.Of(field, MappedFieldNames.All);
            Add(path, nearest is null
                ? $"unknown field '{field}'; other data goes to properties.{field}"
                : $"unknown field '{field}'. Did you mean '{nearest}'? Other data goes to properties.{field}");
        }
    }

    private void CheckItems()
    {
        var items = mapping.Items;
        foreach (var (field, mapped) in InOrder(items.Fields))
        {
            if (!LineFieldNames.TryParse(field, out _))
            {
                Add($"items.{field}", $"unknown field '{field}' of an item{NearestName.HintOrList(field, LineFieldNames.All)}");
            }

            CheckSources($"items.{field}", mapped, isLine: true);
        }

        foreach (var path in items.From)
        {
            CheckPath("items", path, "a dotted path of the list of items such as order.lines");
        }
    }

    private void CheckSources(string path, FieldMapping mapped, bool isLine)
    {
        Require(!mapped.From.IsEmpty, path, "names no source; write a column's name, a dotted path, $COLUMN or =VALUE");
        foreach (var text in mapped.From)
        {
            if (!FieldSource.TryParse(text, out var source, out var problem))
            {
                Add(path, problem);
                continue;
            }

            CheckSource(path, text, source);
            if (isLine && (source.Kind != FieldSourceKind.Path || source.Condition is not null))
            {
                Add(path, $"'{text}' is no path inside an item; a field around the items belongs to the event");
            }

            if (source.Condition is { } condition)
            {
                _conditions.Add($"{condition.Of.Kind} {condition.Of.Text} {condition.Of.Column} {condition.Value}");
                CheckSource(path, condition.Of.Text, condition.Of);
            }
        }
    }

    private void CheckSource(string path, string text, FieldSource source)
    {
        if (source.Kind == FieldSourceKind.Column && shape == RecordShape.Tree)
        {
            Add(path, $"'{text}' is a column, which only CSV has; write the field's dotted path, or a name that begins with $ in quotes");
        }
        else if (source.Kind == FieldSourceKind.OuterPath && mapping.Unfold is null)
        {
            Add(path, $"'{text}' means the record around an unfolded array, but there is no 'unfold'");
        }
        else if (source.Lists.Count > 0 && shape == RecordShape.Table && !mapping.Json.Any(json => source.Text.StartsWith(json, StringComparison.Ordinal)))
        {
            Add(path, $"'{text}' selects an element of a list, which a cell of CSV is not; a column that holds JSON is named under 'json', "
                + "and a column whose name has brackets is written in quotes");
        }
    }

    private void CheckPath(string key, string text, string what) => Require(
        FieldSource.TryParse(text, out var path, out _) && path is { Kind: FieldSourceKind.Path, Condition: null },
        key, $"'{text}' is not {what}");

    private void CheckRecordSources()
    {
        Require(
            mapping.TimestampFrom != TimestampSource.Record || !mapping.Fields.ContainsKey("event_time"),
            "timestampFrom", "the time comes from the record or from fields.event_time, not both");
        Require(
            mapping.CustomerFrom != CustomerSource.Key || !mapping.Fields.ContainsKey("customer_id"),
            "customerFrom", "the customer comes from the key or from fields.customer_id, not both");
    }

    private void Require(bool holds, string path, string message)
    {
        if (!holds)
        {
            Add(path, message);
        }
    }

    private void Add(string path, string message) => _errors.Add(new MappingError(path, message));
}
