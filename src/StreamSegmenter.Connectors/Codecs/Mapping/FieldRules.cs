using System.Collections.Immutable;
using System.Text;

namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>How a field's text is made ready: blanks around it, texts that stand for no value, lower case. Costs a text that has
/// none of it two comparisons.</summary>
internal sealed class FieldRules
{
    private static readonly ImmutableArray<string> Placeholders =
    [
        "undefined", "null", "nan", "none", "(not set)", "[object Object]", "00000000-0000-0000-0000-000000000000",
    ];

    private readonly bool _trims;
    private readonly bool _lowers;
    private readonly byte[][] _missing;

    // Bit n: some text for "missing" is n bytes long.
    private readonly ulong _missingLengths;

    private FieldRules(bool trims, bool lowers, ImmutableArray<string> missing)
    {
        _trims = trims;
        _lowers = lowers;
        _missing = [.. missing.Where(text => text.Length > 0).Select(Encoding.UTF8.GetBytes)];
        foreach (var text in _missing)
        {
            _missingLengths |= 1UL << Math.Min(text.Length, 63);
        }
    }

    /// <summary>What stands for no id unless a mapping says otherwise: what programs write where they had none.</summary>
    public static ImmutableArray<string> IdPlaceholders => Placeholders;

    /// <param name="field">The field's part of the mapping; null: none.</param>
    /// <param name="missing">What the whole mapping says stands for no value; null: nothing.</param>
    /// <returns>Null where the text stays as it is.</returns>
    public static FieldRules? Of(FieldMapping? field, bool isId, ImmutableArray<string>? missing)
    {
        var trims = field?.Trim ?? isId;
        var none = field?.Missing ?? (isId ? missing ?? Placeholders : missing ?? []);
        return trims || field?.Lower == true || none.Length > 0 ? new FieldRules(trims, field?.Lower == true, none) : null;
    }

    /// <summary>The text without what does not belong to it; empty where it stands for no value.</summary>
    public ReadOnlySpan<byte> Clean(ReadOnlySpan<byte> text)
    {
        if (_trims)
        {
            text = Trimmed(text);
        }

        return (_missingLengths >> Math.Min(text.Length, 63) & 1) != 0 && StandsForNone(text) ? default : text;
    }

    public bool Lowers => _lowers;

    /// <summary>Copies a text in lower case; returns its length, -1 when the target is too small.</summary>
    public static int Lower(ReadOnlySpan<byte> text, Span<byte> target)
    {
        if (Ascii.IsValid(text))
        {
            return Ascii.ToLower(text, target, out var written) == System.Buffers.OperationStatus.Done ? written : -1;
        }

        var lower = Encoding.UTF8.GetString(text).ToLowerInvariant();
        return Encoding.UTF8.TryGetBytes(lower, target, out var length) ? length : -1;
    }

    private bool StandsForNone(ReadOnlySpan<byte> text)
    {
        foreach (var none in _missing)
        {
            if (none.Length == text.Length && (text.SequenceEqual(none) || Ascii.EqualsIgnoreCase(text, none)))
            {
                return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty && BlankAtStart(text) is > 0 and var blank)
        {
            text = text[blank..];
        }

        while (!text.IsEmpty && BlankAtEnd(text) is > 0 and var blank)
        {
            text = text[..^blank];
        }

        return text;
    }

    private static int BlankAtStart(ReadOnlySpan<byte> text) => text[0] switch
    {
        <= (byte)' ' => 1,
        0xC2 when text.StartsWith("\u00A0"u8) => 2,
        0xE2 when text.StartsWith("\u200B"u8) => 3,
        0xEF when text.StartsWith("\uFEFF"u8) => 3,
        _ => 0,
    };

    private static int BlankAtEnd(ReadOnlySpan<byte> text) => text[^1] switch
    {
        <= (byte)' ' => 1,
        0xA0 when text.EndsWith("\u00A0"u8) => 2,
        0x8B when text.EndsWith("\u200B"u8) => 3,
        0xBF when text.EndsWith("\uFEFF"u8) => 3,
        _ => 0,
    };
}
