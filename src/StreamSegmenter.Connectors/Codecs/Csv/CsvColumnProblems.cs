using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Definitions;

namespace StreamSegmenter.Connectors.Codecs.Csv;

/// <summary>What a table's columns lack for its mapping, in words with the remedy.</summary>
internal static class CsvColumnProblems
{
    public static IEnumerable<string> Of(IReadOnlyList<string> names, CompiledMapping mapping, IReadOnlySet<MappedField> bound)
    {
        if (Delimiter(names) is { } delimiter)
        {
            yield return $"the delimiter looks like '{delimiter}': write mapping: {{ csv: {{ delimiter: \"{delimiter}\" }} }}";
            yield break;
        }

        foreach (var twice in names.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            yield return $"there are {twice.Count()} columns of the name '{twice.Key}', and a field cannot be both; rename one, or write "
                + "header: false and count columns: $1";
        }

        foreach (var (field, column) in mapping.RequiredColumns)
        {
            if (mapping.HasJson && names.Any(name => mapping.IsJson(System.Text.Encoding.UTF8.GetBytes(name)) && column.StartsWith(name, StringComparison.Ordinal)))
            {
                continue;
            }

            if (!names.Contains(column))
            {
                yield return Missing(field, column, names);
            }
        }

        if (names.Count > 0 && mapping.ColumnMax > names.Count)
        {
            yield return $"the mapping reads column ${mapping.ColumnMax}, but there are {names.Count}: {string.Join(", ", names)}";
        }

        var unbound = Unbound(mapping.Mapping, bound);
        if (unbound.Count > 0)
        {
            var fields = string.Join(", ", unbound);
            yield return names.Count == 0
                ? $"no column for {fields}; write its place in the mapping, such as {unbound[0]}: $1"
                : $"no column for {fields}; name one in the mapping, the columns are {string.Join(", ", names)}";
        }
    }

    // One column, with what other tables separate theirs by in its name.
    private static string? Delimiter(IReadOnlyList<string> names) => names.Count != 1 ? null
        : names[0].Contains(';') ? ";" : names[0].Contains('\t') ? "tab" : names[0].Contains('|') ? "|" : names[0].Contains(',') ? "," : null;

    // The fields without which no line is an event. What the mapping names but the table lacks is reported already.
    private static List<string> Unbound(InputMapping mapping, IReadOnlySet<MappedField> bound)
    {
        bool Lacks(MappedField field) => !bound.Contains(field) && mapping.Json.IsEmpty
            && !(mapping.Fields.TryGetValue(MappedFieldNames.NameOf(field), out var mapped) && mapped.From.Length == 1);
        var unbound = new List<string>();
        if (Lacks(MappedField.EventTime) && mapping.TimestampFrom == TimestampSource.Field)
        {
            unbound.Add("event_time");
        }

        if (Lacks(MappedField.EventType))
        {
            unbound.Add("event_type");
        }

        if (Lacks(MappedField.CustomerId) && Lacks(MappedField.AnonymousId) && mapping.CustomerFrom == CustomerSource.Field)
        {
            unbound.Add("customer_id");
        }

        return unbound;
    }

    private static string Missing(string field, string column, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
        {
            return $"{field} is read from column '{column}', but the columns have no names; write its place, such as $1";
        }

        var nearest = NearestName.Of(column, names);
        return $"{field} is read from column '{column}', which is not there; "
            + (nearest is null ? $"the columns are {string.Join(", ", names)}" : $"did you mean '{nearest}'?");
    }
}
