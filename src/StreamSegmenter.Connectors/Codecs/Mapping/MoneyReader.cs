using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>Reads amounts and quantities within bounds that no honest record passes: their product, the value of a cart's line,
/// always fits 64 bits.</summary>
internal static class MoneyReader
{
    /// <summary>Largest amount either way, in minor units: ten thousand million of a currency with two digits.</summary>
    public const long AmountMinorMax = 1_000_000_000_000;

    /// <summary>Largest quantity either way.</summary>
    public const int QuantityMax = 1_000_000;

    private const int FineDigits = 6;
    private const int TextBytesMax = 64;

    /// <param name="exact">True: digits beyond those given are an error instead of being rounded.</param>
    /// <param name="mark">What stands before the fraction, where a mapping says so; then digits may stand in groups.</param>
    /// <param name="isRounded">Digits beyond those given were there and not all zero.</param>
    public static bool TryRead(
        scoped ReadOnlySpan<byte> text, int digits, bool exact, char? mark, out long minor, out bool isRounded)
    {
        minor = 0;
        isRounded = false;
        text = text.Trim((byte)' ');
        Span<byte> plain = stackalloc byte[TextBytesMax];
        if (mark is { } decimalMark)
        {
            if (!TryUngroup(text, (byte)decimalMark, plain, out var length))
            {
                return false;
            }

            text = plain[..length];
        }

        if (!DecimalText.TryParseMinor(text, digits, out minor) || minor is < -AmountMinorMax or > AmountMinorMax)
        {
            return false;
        }

        isRounded = !IsWhole(text, digits, minor);
        return !exact || !isRounded;
    }

    public static bool TryReadQuantity(ReadOnlySpan<byte> text, out int quantity)
    {
        quantity = 0;
        text = text.Trim((byte)' ');
        if (!DecimalText.TryParseMinor(text, 0, out var whole) || whole is < -QuantityMax or > QuantityMax || !IsWhole(text, 0, whole))
        {
            return false;
        }

        quantity = (int)whole;
        return true;
    }

    // "2.0" is two; "2.5" would have been rounded, which a finer reading shows. Digits further out are noise of binary fractions.
    private static bool IsWhole(ReadOnlySpan<byte> text, int digits, long whole)
    {
        var point = text.IndexOfAny((byte)'.', (byte)'e', (byte)'E');
        if (point < 0 || (text[point] == '.' && text.Length - point - 1 <= digits))
        {
            return true;
        }

        long scale = 1;
        for (var i = digits; i < FineDigits; i++)
        {
            scale *= 10;
        }

        return DecimalText.TryParseMinor(text, FineDigits, out var fine) && fine == whole * scale;
    }

    /// <summary>Takes the groups out of <c>1.299,00</c> or <c>1 299.00</c> and writes its mark as a point. False where a group has not
    /// three digits.</summary>
    private static bool TryUngroup(ReadOnlySpan<byte> text, byte mark, Span<byte> plain, out int length)
    {
        length = 0;
        var group = -1;
        var fraction = false;
        for (var i = 0; i < text.Length && length < plain.Length; i++)
        {
            var isGroup = text[i] == (mark == ',' ? '.' : ',') || text[i] is (byte)' ' or (byte)'\'';
            if (text[i] is 0xC2 or 0xE2)
            {
                // A no-break space, or a narrow one.
                var blank = text[i..].StartsWith("\u00A0"u8) ? 2 : text[i..].StartsWith("\u202F"u8) ? 3 : 0;
                isGroup = blank > 0;
                i += Math.Max(blank - 1, 0);
            }

            if (isGroup)
            {
                if (fraction || group is >= 0 and not 3 || length == 0)
                {
                    return false;
                }

                group = 0;
                continue;
            }

            if (text[i] == mark && (fraction || group is >= 0 and not 3))
            {
                return false;
            }

            fraction |= text[i] == mark;
            group = group >= 0 && !fraction ? group + 1 : group;
            plain[length++] = text[i] == mark ? (byte)'.' : text[i];
        }

        return text.Length <= plain.Length && (fraction || group is -1 or 3);
    }
}
