using System.Collections.Immutable;

namespace StreamSegmenter.Connectors.Codecs.Csv;

/// <summary>The shape of a table as text (RFC 4180).</summary>
internal sealed record CsvOptions
{
    /// <summary>Between two columns: comma, semicolon, tab or any other ASCII character but a quote or a line's end.</summary>
    public char Delimiter { get; init; } = ',';

    /// <summary>True when the first line names the columns. For files only; records of a topic have <see cref="Columns"/>.</summary>
    public bool Header { get; init; } = true;

    /// <summary>The columns' names in order where there is no header; empty when mappings count columns instead (<c>$3</c>).
    /// With names, a record must have exactly so many columns.</summary>
    public ImmutableArray<string> Columns { get; init; } = [];

    /// <summary>What is wrong with the options; null when they may be used.</summary>
    public string? Check() => Delimiter is '"' or '\r' or '\n' or '\0' || !char.IsAscii(Delimiter)
        ? $"the delimiter '{Delimiter}' cannot separate columns; write a comma, a semicolon, a tab or another ASCII character"
        : null;
}
