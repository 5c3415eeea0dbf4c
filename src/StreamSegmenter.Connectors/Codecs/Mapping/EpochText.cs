namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>Reads a time that is a number: <c>1773136800</c>, <c>1773136800.123</c>, <c>1.7731368E+09</c>. Exact: integer arithmetic
/// alone; what is finer than a millisecond is cut off.</summary>
internal static class EpochText
{
    private const int SecondDigitsMax = 11;
    private const int MilliDigitsMax = 14;
    private const int MicroDigitsMax = 17;
    private const int NanoDigitsMax = 19;
    private const int DigitsMax = 27;

    // So many digits fit 64 bits.
    private const int PlainDigitsMax = 18;

    /// <param name="unit">Tens of a millisecond that a unit has: 3 for seconds, -3 for microseconds; null: by the number's size.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, int? unit, out long timeMs)
    {
        timeMs = 0;
        if (TryReadPlain(text, out var plain))
        {
            return TryScale(plain, unit ?? UnitOf(plain), out timeMs);
        }

        if (!TryReadDigits(text, out var digits, out var scale))
        {
            return false;
        }

        unit ??= UnitOf(digits, scale);
        var shift = unit.Value - scale;
        for (; shift > 0; shift--)
        {
            if (digits > (UInt128)EventTimeText.TimeMsEnd)
            {
                return false;
            }

            digits *= 10;
        }

        for (; shift < 0; shift++)
        {
            digits /= 10;
        }

        if (digits >= (UInt128)EventTimeText.TimeMsEnd)
        {
            return false;
        }

        timeMs = (long)digits;
        return true;
    }

    // What nearly every record has: digits alone.
    private static bool TryReadPlain(ReadOnlySpan<byte> text, out ulong digits)
    {
        digits = 0;
        if (text.Length is 0 or > PlainDigitsMax)
        {
            return false;
        }

        foreach (var character in text)
        {
            if (character is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            digits = (digits * 10) + character - '0';
        }

        return true;
    }

    private static int UnitOf(ulong digits) => digits switch
    {
        < 100_000_000_000 => 3,
        < 100_000_000_000_000 => 0,
        < 100_000_000_000_000_000 => -3,
        _ => -6,
    };

    private static bool TryScale(ulong digits, int unit, out long timeMs)
    {
        timeMs = 0;
        if (unit > 0 && digits >= EventTimeText.TimeMsEnd)
        {
            return false;
        }

        for (; unit > 0; unit--)
        {
            digits *= 10;
        }

        for (; unit < 0; unit++)
        {
            digits /= 10;
        }

        timeMs = digits < EventTimeText.TimeMsEnd ? (long)digits : 0;
        return digits < EventTimeText.TimeMsEnd;
    }

    // By how many digits the whole part has.
    private static int UnitOf(UInt128 digits, int scale)
    {
        var whole = -scale;
        for (; digits > 0; digits /= 10)
        {
            whole++;
        }

        return whole switch
        {
            <= SecondDigitsMax => 3,
            <= MilliDigitsMax => 0,
            <= MicroDigitsMax => -3,
            _ => -6,
        };
    }

    // digits[.digits][e[+-]digits]: the number is digits times ten to the power of minus scale.
    private static bool TryReadDigits(ReadOnlySpan<byte> text, out UInt128 digits, out int scale)
    {
        digits = 0;
        scale = 0;
        var point = false;
        var count = 0;
        var i = 0;
        for (; i < text.Length; i++)
        {
            if (text[i] == '.' && !point && count > 0)
            {
                point = true;
            }
            else if (text[i] is >= (byte)'0' and <= (byte)'9')
            {
                digits = (digits * 10) + (UInt128)(text[i] - '0');
                scale += point ? 1 : 0;
                count++;
            }
            else
            {
                break;
            }

            if (count > DigitsMax)
            {
                return false;
            }
        }

        if (count == 0 || count - scale > NanoDigitsMax || (point && scale == 0))
        {
            return false;
        }

        return i == text.Length || TryReadExponent(text[i..], ref scale);
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, ref int scale)
    {
        if (text[0] is not ((byte)'e' or (byte)'E'))
        {
            return false;
        }

        text = text[1..].TrimStart((byte)'+');
        if (!System.Buffers.Text.Utf8Parser.TryParse(text, out int exponent, out var used) || used != text.Length || Math.Abs(exponent) > NanoDigitsMax)
        {
            return false;
        }

        scale -= exponent;
        return true;
    }
}
