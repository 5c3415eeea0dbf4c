namespace StreamSegmenter.Events;

/// <summary>Reads a decimal amount of major units ("35.79") as minor units, exactly: money never passes through
/// a floating-point number. Digits beyond the currency's own are rounded half to even.</summary>
internal static class DecimalText
{
    private const int DigitsMax = 17;

    /// <summary>Accepts <c>[+-]digits[.digits]</c> with an optional exponent of JSON numbers (<c>1.5e2</c>);
    /// false for anything else and for more than 17 significant digits.</summary>
    public static bool TryParseMinor(ReadOnlySpan<byte> text, int minorDigits, out long minor)
    {
        minor = 0;
        if (!TryReadDigits(text, out var negative, out var digits, out var scale))
        {
            return false;
        }

        var shift = minorDigits - scale;
        for (; shift > 0; shift--)
        {
            if (digits > long.MaxValue / 10)
            {
                return false;
            }

            digits *= 10;
        }

        digits = RoundHalfToEven(digits, -shift);
        minor = negative ? -digits : digits;
        return true;
    }

    private static long RoundHalfToEven(long digits, int drop)
    {
        if (drop <= 0)
        {
            return digits;
        }

        if (drop > 18)
        {
            return 0;
        }

        long unit = 1;
        for (var i = 0; i < drop; i++)
        {
            unit *= 10;
        }

        var (quotient, rest) = Math.DivRem(digits, unit);
        var half = unit / 2;
        return rest > half || (rest == half && (quotient & 1) == 1) ? quotient + 1 : quotient;
    }

    private static bool TryReadDigits(ReadOnlySpan<byte> text, out bool negative, out long digits, out int scale)
    {
        negative = false;
        digits = 0;
        scale = 0;
        var i = 0;
        if (i < text.Length && text[i] is (byte)'-' or (byte)'+')
        {
            negative = text[i++] == '-';
        }

        var significant = 0;
        var seen = false;
        var point = false;
        for (; i < text.Length; i++)
        {
            if (text[i] == '.' && !point)
            {
                point = true;
                continue;
            }

            if (text[i] is < (byte)'0' or > (byte)'9')
            {
                break;
            }

            seen = true;
            digits = (digits * 10) + (text[i] - '0');
            significant += digits == 0 ? 0 : 1;
            scale += point ? 1 : 0;
            if (significant > DigitsMax)
            {
                return false;
            }
        }

        return seen && (i == text.Length || TryReadExponent(text[i..], ref scale));
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, ref int scale)
    {
        if (text[0] is not ((byte)'e' or (byte)'E')
            || !System.Buffers.Text.Utf8Parser.TryParse(text[1..].TrimStart((byte)'+'), out int exponent, out var used)
            || used != text[1..].TrimStart((byte)'+').Length
            || Math.Abs(exponent) > 18)
        {
            return false;
        }

        scale -= exponent;
        return true;
    }
}
