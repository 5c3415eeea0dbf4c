using System.Globalization;
using System.Text.RegularExpressions;

namespace StreamSegmenter.Connectors.Codecs.Mapping;

public enum FieldSourceKind : byte
{
    /// <summary>A column's name, or a dotted path into a JSON record.</summary>
    Path,

    /// <summary>A column's place, counted from 1.</summary>
    Column,

    /// <summary>A dotted path from the root of a record whose inner array is unfolded.</summary>
    OuterPath,

    /// <summary>The same text for every event.</summary>
    Constant,
}

/// <summary>Where a field's value comes from, as a mapping writes it: <c>user_id</c>, <c>payload.user.id</c>,
/// <c>$3</c>, <c>^.session</c> or <c>=web</c>.</summary>
/// <param name="Text">The path without its <c>^.</c>, or the constant without its <c>=</c>; empty for a column.</param>
/// <param name="Column">The column's place from 1; 0 unless <paramref name="Kind"/> says so.</param>
public readonly partial record struct FieldSource(FieldSourceKind Kind, string Text, int Column)
{
    /// <summary>More columns than any table of events has.</summary>
    public const int ColumnMax = 4096;

    /// <summary>Reads a source; <paramref name="problem"/> tells what is wrong with one that cannot be read.</summary>
    public static bool TryParse(string text, out FieldSource source, out string problem)
    {
        source = default;
        problem = "";
        switch (text)
        {
            case "" or "=" or "^." or "^":
                problem = "is empty; write a column's name, a dotted path, $COLUMN or =VALUE";
                return false;
            case ['=', ..]:
                source = new FieldSource(FieldSourceKind.Constant, text[1..], 0);
                return true;
            case ['$', ..]:
                return TryParseColumn(text, out source, out problem);
            case ['^', '.', ..]:
                return TryParsePath(FieldSourceKind.OuterPath, text[2..], out source, out problem);
            case ['^', ..]:
                problem = $"'{text}' lacks a dot; write ^.NAME for a field of the outer record";
                return false;
            default:
                return TryParsePath(FieldSourceKind.Path, text, out source, out problem);
        }
    }

    private static bool TryParseColumn(string text, out FieldSource source, out string problem)
    {
        var read = int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var column)
            && column is >= 1 and <= ColumnMax;
        source = new FieldSource(FieldSourceKind.Column, "", read ? column : 0);
        problem = read ? "" : $"'{text}' is not a column; columns count from $1 to ${ColumnMax}";
        return read;
    }

    private static bool TryParsePath(FieldSourceKind kind, string path, out FieldSource source, out string problem)
    {
        source = new FieldSource(kind, path, 0);
        problem = "";
        if (System.Text.Encoding.UTF8.GetByteCount(path) > EventDraft.PathBytesMax)
        {
            problem = $"is longer than {EventDraft.PathBytesMax} bytes";
        }
        else if (Index().IsMatch(path))
        {
            problem = $"'{path}' indexes an array, which a path cannot; use 'unfold' to read an array of events";
        }

        return problem.Length == 0;
    }

    [GeneratedRegex(@"\[\d*\]")]
    private static partial Regex Index();
}
