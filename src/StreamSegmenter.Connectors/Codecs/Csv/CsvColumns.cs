using System.Text;
using StreamSegmenter.Connectors.Codecs.Json;
using StreamSegmenter.Connectors.Codecs.Mapping;

namespace StreamSegmenter.Connectors.Codecs.Csv;

/// <summary>What each column of a table means: made once per table, so a cell costs no look-up.</summary>
internal sealed class CsvColumns
{
    private readonly byte[][] _names;
    private readonly int[][] _bindings;
    private readonly bool[] _isJson;

    private CsvColumns(byte[][] names, int[][] bindings, bool[] isJson, bool named)
    {
        _names = names;
        _bindings = bindings;
        _isJson = isJson;
        Named = named;
    }

    /// <summary>Columns that a line must have: exactly so many when they are named, else at least.</summary>
    public int Count => _names.Length;

    public bool Named { get; }

    /// <summary>Binds columns by name and by place. <paramref name="problem"/> lists everything that the columns lack: better now than
    /// as a dead letter for every line.</summary>
    public static bool TryCreate(
        IReadOnlyList<string> names, CompiledMapping mapping, out CsvColumns columns, out string problem)
    {
        var count = names.Count > 0 ? names.Count : mapping.ColumnMax;
        var texts = new byte[count][];
        var bindings = new int[count][];
        for (var i = 0; i < count; i++)
        {
            texts[i] = names.Count > 0 ? Encoding.UTF8.GetBytes(names[i]) : [];
            bindings[i] = [.. new[] { mapping.FirstOfPath(texts[i]), mapping.FirstOfColumn(i + 1) }.Where(binding => binding >= 0)];
        }

        columns = new CsvColumns(texts, bindings, [.. texts.Select(name => mapping.IsJson(name))], names.Count > 0);
        problem = string.Join("; ", CsvColumnProblems.Of(names, mapping, columns.BoundFields(mapping)));
        return problem.Length == 0;
    }

    /// <summary>Adds a cell to a draft; an empty one is absent, and so is one beyond the columns that mean something.</summary>
    public void Add(EventDraft draft, JsonObjectWalker walker, int column, ReadOnlySpan<byte> cell)
    {
        if (cell.IsEmpty || column >= _names.Length)
        {
            return;
        }

        if (_isJson[column])
        {
            walker.WalkText(_names[column], cell);
            return;
        }

        var bindings = _bindings[column];
        foreach (var binding in bindings)
        {
            draft.AddBound(binding, DraftKind.Untyped, cell);
        }

        if (bindings.Length == 0 && Named)
        {
            draft.Add(_names[column], DraftKind.Untyped, cell);
        }
    }

    /// <summary>The column for a message: its place and, where known, what it is.</summary>
    public string Describe(int column, CompiledMapping mapping)
    {
        var binding = mapping.FirstOfColumn(column + 1);
        var name = Named ? Encoding.UTF8.GetString(_names[column])
            : binding < 0 ? ""
            : mapping[binding].Field == MappedField.Property ? Encoding.UTF8.GetString(mapping[binding].PropertyName)
            : MappedFieldNames.NameOf(mapping[binding].Field);
        return name.Length == 0 ? $"column {column + 1} of {Count}" : $"column {column + 1} of {Count} ({name})";
    }

    private HashSet<MappedField> BoundFields(CompiledMapping mapping)
    {
        var fields = mapping.Constants.ToArray().Select(constant => mapping[constant.Binding].Field).ToHashSet();
        foreach (var first in _bindings.SelectMany(bindings => bindings))
        {
            for (var binding = first; binding >= 0; binding = mapping[binding].Next)
            {
                fields.Add(mapping[binding].Field);
            }
        }

        return fields;
    }
}
