using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Definitions;

namespace StreamSegmenter.Connectors.Codecs.Csv;

/// <summary>What a table's columns lack for its mapping, in words with the remedy.</summary>
internal static class CsvColumnProblems
{
    public static IEnumerable<string> Of(IReadOnlyList<string> names, CompiledMapping mapping, IReadOnlySet<MappedField> bound)
    {
        foreach (var (field, column) in mapping.RequiredColumns)
        {
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

    // The fields without which no line is an event. What the mapping names but the table lacks is told already.
    private static List<string> Unbound(InputMapping mapping, IReadOnlySet<MappedField> bound)
    {
        bool Lacks(MappedField field) => !bound.Contains(field) && !mapping.Fields.ContainsKey(MappedFieldNames.NameOf(field));
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
