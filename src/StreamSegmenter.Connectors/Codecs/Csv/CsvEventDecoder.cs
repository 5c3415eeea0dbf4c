using System.Text;
using System.Text.Unicode;
using StreamSegmenter.Connectors.Codecs.Json;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Codecs.Csv;

/// <summary>Reads a record that is one line of a table, quoted line ends included. A line that has fewer columns than the table, or
/// more than its names, is refused: a cut-off line must not pass for a shorter event. An empty cell is absent.</summary>
internal sealed class CsvEventDecoder : IMappedDecoder
{
    private readonly CompiledMapping _mapping;
    private readonly CsvColumns _columns;
    private readonly EventDraft _draft;
    private readonly JsonObjectWalker _walker;
    private readonly byte _delimiter;
    private byte[] _scratch = new byte[256];

    private CsvEventDecoder(CompiledMapping mapping, CsvColumns columns, char delimiter)
    {
        _mapping = mapping;
        _columns = columns;
        _delimiter = (byte)delimiter;
        _draft = new EventDraft(mapping);
        _walker = new JsonObjectWalker(_draft);
    }

    public MappingUse Use => _draft.Use;

    /// <summary>A decoder for lines without a header, their columns named by <see cref="CsvOptions.Columns"/> or counted by the mapping.</summary>
    /// <returns>Null, and the reason in <paramref name="problem"/>, when the mapping names a column that is not there.</returns>
    public static CsvEventDecoder? Create(CompiledMapping mapping, CsvOptions options, out string problem)
    {
        problem = options.Check() ?? "";
        return problem.Length == 0 && CsvColumns.TryCreate(options.Columns, mapping, out var columns, out problem)
            ? new CsvEventDecoder(mapping, columns, options.Delimiter)
            : null;
    }

    /// <summary>A decoder for the lines behind a header line.</summary>
    public static CsvEventDecoder? CreateFromHeader(
        ReadOnlySpan<byte> header, CompiledMapping mapping, CsvOptions options, out string problem)
    {
        problem = options.Check() ?? "";
        if (problem.Length > 0)
        {
            return null;
        }

        var names = new List<string>();
        var line = new CsvLine(header, (byte)options.Delimiter);
        while (line.Read())
        {
            names.Add(Encoding.UTF8.GetString(line.Cell).Replace("\"\"", "\"", StringComparison.Ordinal).Trim());
        }

        if (line.Problem is not null || !Utf8.IsValid(header) || names.Count > FieldSource.ColumnMax)
        {
            problem = $"the header cannot be read: {line.Problem ?? $"not UTF-8 text, or more than {FieldSource.ColumnMax} columns"}";
            return null;
        }

        return Create(mapping, options with { Columns = [.. names] }, out problem);
    }

    public DecodeOutcome Decode(in SourceRecord record, EventBatch batch)
    {
        if (!Utf8.IsValid(record.Value))
        {
            return DecodeOutcome.Refused("the line is not UTF-8 text; convert the file to UTF-8");
        }

        _draft.Clear();
        var line = new CsvLine(record.Value, _delimiter);
        var count = 0;
        while (line.Read())
        {
            _columns.Add(_draft, _walker, count++, line.HasDoubledQuotes ? Unescape(line.Cell) : line.Cell);
        }

        var reason = line.Problem is null ? CheckCount(count) : $"column {count + 1}: {line.Problem}";
        reason ??= _draft.Complete(in record, batch, 0);
        return reason is null ? DecodeOutcome.Without(_draft.Problem) : DecodeOutcome.Refused(reason);
    }

    private string? CheckCount(int count)
    {
        if (count < _columns.Count)
        {
            return $"line is cut off: {_columns.Describe(count, _mapping)} is missing";
        }

        return count > _columns.Count && _columns.Named
            ? $"line has {count} columns where {_columns.Count} are named; quote a cell that holds the delimiter"
            : null;
    }

    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> cell)
    {
        if (_scratch.Length < cell.Length)
        {
            _scratch = new byte[Math.Max(cell.Length, _scratch.Length * 2)];
        }

        return _scratch.AsSpan(0, CsvLine.Unescape(cell, _scratch));
    }
}
