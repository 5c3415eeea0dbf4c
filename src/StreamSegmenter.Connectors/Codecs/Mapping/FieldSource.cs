using System.Globalization;

namespace StreamSegmenter.Connectors.Codecs.Mapping;

internal enum FieldSourceKind : byte
{
    /// <summary>A column's name, or a path into a record.</summary>
    Path,

    /// <summary>A column's place, counted from 1.</summary>
    Column,

    /// <summary>A path from the root of a record whose inner array is unfolded.</summary>
    OuterPath,

    /// <summary>The same text for every event.</summary>
    Constant,
}

/// <summary>When a source counts: when the record has a value there, or that very value.</summary>
/// <param name="Value">Null: any value, an object or a list included.</param>
/// <param name="IsNegated">It counts when that does not hold.</param>
internal sealed record SourceCondition(FieldSource Of, string? Value, bool IsNegated);

/// <summary>Where a field's value comes from, as a mapping writes it: <c>user_id</c>, <c>payload.user.id</c>,
/// <c>list[key=plan].value</c>, <c>$3</c>, <c>^.session</c> or <c>=web</c>; behind any of them may stand
/// <c>if PATH</c>, <c>if not PATH</c>, <c>if PATH=VALUE</c> or <c>if PATH!=VALUE</c>.</summary>
internal sealed record FieldSource
{
    /// <summary>More columns than any table of events has.</summary>
    public const int ColumnMax = 4096;

    private const string If = " if ";
    private const string Not = "not ";

    public FieldSourceKind Kind { get; private init; }

    /// <summary>The path without its <c>^.</c> and its quotes, or the constant without its <c>=</c>; empty for a column.</summary>
    public string Text { get; private init; } = "";

    /// <summary>The column's place from 1; 0 unless <see cref="Kind"/> says so.</summary>
    public int Column { get; private init; }

    /// <summary>The lists that the path goes through.</summary>
    internal IReadOnlyList<ListStep> Lists { get; private init; } = [];

    internal SourceCondition? Condition { get; private init; }

    /// <summary>Reads a source; <paramref name="problem"/> has the reason when it cannot be read.</summary>
    public static bool TryParse(string text, out FieldSource source, out string problem)
    {
        var at = text.LastIndexOf(If, StringComparison.Ordinal);
        if (at < 0 || text.AsSpan(0, at).Count('"') % 2 == 1)
        {
            return TryParseValue(text, out source, out problem);
        }

        if (TryParseValue(text[..at].Trim(), out source, out problem)
            && TryParseCondition(text[(at + If.Length)..].Trim(), out var condition, out problem))
        {
            source = source with { Condition = condition };
        }

        return problem.Length == 0;
    }

    private static bool TryParseCondition(string text, out SourceCondition? condition, out string problem)
    {
        condition = null;
        var isNegated = text.StartsWith(Not, StringComparison.Ordinal);
        text = isNegated ? text[Not.Length..].Trim() : text;
        var equals = text.LastIndexOf('=');
        string? value = null;

        // An equals sign inside brackets selects an element of a list.
        if (equals > 0 && equals > text.LastIndexOf(']'))
        {
            value = text[(equals + 1)..].Trim();
            var isUnequal = text[equals - 1] == '!';
            isNegated ^= isUnequal;
            text = text[..(isUnequal ? equals - 1 : equals)].Trim();
        }

        if (!TryParseValue(text, out var of, out problem))
        {
            return false;
        }

        if (of.Kind == FieldSourceKind.Constant)
        {
            problem = $"'if {text}' looks at no value of the record; write a path behind 'if'";
            return false;
        }

        condition = new SourceCondition(of, value, isNegated);
        return true;
    }

    private static bool TryParseValue(string text, out FieldSource source, out string problem)
    {
        source = new FieldSource();
        problem = "";
        switch (text)
        {
            case "" or "=" or "^." or "^":
                problem = "is empty; write a column's name, a dotted path, $COLUMN or =VALUE";
                return false;
            case ['=', ..]:
                source = new FieldSource { Kind = FieldSourceKind.Constant, Text = text[1..] };
                return true;
            case ['$', .. var digits] when digits.All(char.IsAsciiDigit):
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
        source = new FieldSource { Kind = FieldSourceKind.Column, Column = read ? column : 0 };
        problem = read ? "" : $"'{text}' is not a column; columns count from $1 to ${ColumnMax}";
        return read;
    }

    private static bool TryParsePath(FieldSourceKind kind, string text, out FieldSource source, out string problem)
    {
        var read = FieldPath.TryParse(text, out var path, out problem);
        source = new FieldSource { Kind = kind, Text = read ? path.Text : text, Lists = path.Lists };
        return read;
    }
}
