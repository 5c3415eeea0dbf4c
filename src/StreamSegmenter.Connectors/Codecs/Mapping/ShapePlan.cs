namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>What the values of a record mean, by their places alone: records of one producer have the same names in the same order, so what
/// was found out for one holds for all. Has one source of a field at most, and no condition.</summary>
internal sealed class ShapePlan
{
    private readonly byte[][] _names;
    private readonly (MappedField Field, int Entry)[] _sources;

    private ShapePlan(byte[][] names, (MappedField Field, int Entry)[] sources)
    {
        _names = names;
        _sources = sources;
    }

    /// <summary>Which entry a field's value is, for every field that has one.</summary>
    public ReadOnlySpan<(MappedField Field, int Entry)> Sources => _sources;

    /// <param name="entries">For each value its binding, -1 for none, and its path.</param>
    /// <returns>Null where the values themselves decide which of them counts.</returns>
    public static ShapePlan? Of(CompiledMapping mapping, IReadOnlyList<(int Binding, byte[] Path)> entries)
    {
        var names = new byte[entries.Count][];
        var sources = new List<(MappedField Field, int Entry)>();
        for (var i = 0; i < names.Length; i++)
        {
            var (binding, path) = entries[i];
            names[i] = binding < 0 ? EventDraft.PropertyName(path).ToArray() : [];
            if (binding < 0)
            {
                continue;
            }

            var field = mapping[binding].Field;
            if (field == MappedField.Condition || mapping[binding].Condition >= 0 || sources.Exists(source => source.Field == field))
            {
                return null;
            }

            if (field < MappedField.Property)
            {
                sources.Add((field, i));
            }
        }

        return new ShapePlan(names, [.. sources]);
    }

    /// <summary>The name of a value that no field is bound to.</summary>
    public ReadOnlySpan<byte> NameOf(int entry) => _names[entry];
}
