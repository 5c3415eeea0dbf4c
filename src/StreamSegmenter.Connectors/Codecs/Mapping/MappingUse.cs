namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>What became of the records of one decoder: which sources had values, which events were filtered, which amounts were
/// rounded. Written by the decoder's thread; others may read figures that are a little old.</summary>
internal sealed class MappingUse(CompiledMapping mapping)
{
    private readonly long[] _values = new long[mapping.BindingCount];

    /// <summary>Events that were completed, those that were filtered included.</summary>
    public long Events { get; internal set; }

    /// <summary>Events that <see cref="InputMapping.Where"/> left out.</summary>
    public long Filtered { get; internal set; }

    /// <summary>Amounts with more digits than their currency has.</summary>
    public long RoundedAmounts { get; internal set; }

    internal void Saw(int binding) => _values[binding]++;

    /// <summary>The fields that the user's mapping names and whose sources had no value in any record, with those sources.</summary>
    public IEnumerable<(string Field, string Sources)> NeverFound()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < _values.Length; i++)
        {
            if (Volatile.Read(ref _values[i]) > 0)
            {
                seen.Add(NameOf(in mapping[i]));
            }
        }

        return
            from field in mapping.Mapping.Fields
            where !field.Value.IsPreset && !seen.Contains(field.Key) && field.Value.From.All(IsOfRecord)
            orderby field.Key
            select (field.Key, string.Join(", ", field.Value.From));
    }

    private static bool IsOfRecord(string source) =>
        FieldSource.TryParse(source, out var parsed, out _) && parsed.Kind != FieldSourceKind.Constant;

    private static string NameOf(in SourceBinding binding) => binding.Field switch
    {
        MappedField.Property => MappedFieldNames.PropertyPrefix + System.Text.Encoding.UTF8.GetString(binding.PropertyName),
        MappedField.Condition => "",
        _ => MappedFieldNames.NameOf(binding.Field),
    };
}
