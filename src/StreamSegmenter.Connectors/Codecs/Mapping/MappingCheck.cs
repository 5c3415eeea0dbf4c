using StreamSegmenter.Definitions;

namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>Finds every mistake in a mapping at once, in the order of the mapping's own parts.</summary>
internal static class MappingCheck
{
    public static IReadOnlyList<MappingError> Run(InputMapping mapping, RecordShape shape)
    {
        var errors = new List<MappingError>();
        foreach (var (field, source) in mapping.Fields.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            CheckField(mapping, shape, field, source, errors);
        }

        foreach (var (foreign, type) in mapping.EventTypes.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (string.IsNullOrWhiteSpace(type))
            {
                errors.Add(new MappingError($"eventTypes.{foreign}", "names no event type; write one such as product_viewed"));
            }
        }

        if (mapping.Currency is { } currency && !Events.Currency.TryParse(currency, out _))
        {
            errors.Add(new MappingError("currency", $"'{currency}' is not a three-letter ISO 4217 code such as EUR"));
        }

        if (mapping.Unfold is { } unfold && (!FieldSource.TryParse(unfold, out var path, out _) || path.Kind != FieldSourceKind.Path))
        {
            errors.Add(new MappingError("unfold", $"'{unfold}' is not a dotted path of an array such as payload.events"));
        }

        if (mapping.Unfold is not null && shape == RecordShape.Table)
        {
            errors.Add(new MappingError("unfold", "a line of CSV holds no array; remove it"));
        }

        CheckRecordSources(mapping, errors);
        return errors;
    }

    private static void CheckField(InputMapping mapping, RecordShape shape, string field, string text, List<MappingError> errors)
    {
        var path = $"fields.{field}";
        if (field.StartsWith(MappedFieldNames.PropertyPrefix, StringComparison.Ordinal))
        {
            if (System.Text.Encoding.UTF8.GetByteCount(field) - MappedFieldNames.PropertyPrefix.Length is < 1 or > byte.MaxValue)
            {
                errors.Add(new MappingError(path, "a property's name has 1 to 255 bytes"));
            }
        }
        else if (!MappedFieldNames.TryParse(field, out _))
        {
            var nearest = NearestName.Of(field, MappedFieldNames.All);
            errors.Add(new MappingError(path, nearest is null
                ? $"unknown field '{field}'; other data goes to properties.{field}"
                : $"unknown field '{field}'. Did you mean '{nearest}'? Other data goes to properties.{field}"));
        }

        if (!FieldSource.TryParse(text, out var source, out var problem))
        {
            errors.Add(new MappingError(path, problem));
        }
        else if (source.Kind == FieldSourceKind.Column && shape == RecordShape.Tree)
        {
            errors.Add(new MappingError(path, $"'{text}' is a column, which only CSV has; write the field's dotted path"));
        }
        else if (source.Kind == FieldSourceKind.OuterPath && mapping.Unfold is null)
        {
            errors.Add(new MappingError(path, $"'{text}' means the record around an unfolded array, but there is no 'unfold'"));
        }
    }

    private static void CheckRecordSources(InputMapping mapping, List<MappingError> errors)
    {
        if (mapping.TimestampFrom == TimestampSource.Record && mapping.Fields.ContainsKey("event_time"))
        {
            errors.Add(new MappingError("timestampFrom", "the time comes from the record or from fields.event_time, not both"));
        }

        if (mapping.CustomerFrom == CustomerSource.Key && mapping.Fields.ContainsKey("customer_id"))
        {
            errors.Add(new MappingError("customerFrom", "the customer comes from the key or from fields.customer_id, not both"));
        }
    }
}
