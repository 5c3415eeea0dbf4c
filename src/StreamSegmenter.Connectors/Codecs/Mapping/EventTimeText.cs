namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>Reads an event time exactly, with integer arithmetic alone. Times before 1970 and after 9999 are refused:
/// no storefront has them, and every later sum on a time is then free of overflow.</summary>
public static class EventTimeText
{
    /// <summary>The first millisecond of the year 10000.</summary>
    public const long TimeMsEnd = 253_402_300_800_000;

    private const int SecondDigitsMax = 11;
    private const int MilliDigitsMax = 14;
    private const int MicroDigitsMax = 17;

    /// <summary>Epoch milliseconds of the text; false when it is not a time in that format.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, TimeFormat format, out long timeMs)
    {
        timeMs = 0;
        text = text.Trim((byte)' ');
        var read = format switch
        {
            TimeFormat.EpochS => TryParseNumber(text, 3, out timeMs),
            TimeFormat.EpochMs => TryParseNumber(text, 0, out timeMs),
            TimeFormat.EpochUs => TryParseNumber(text, -3, out timeMs),
            TimeFormat.Iso8601 => Iso8601Text.TryParse(text, out timeMs),
            _ => TryParseAny(text, out timeMs),
        };
        return read && timeMs is >= 0 and < TimeMsEnd;
    }

    /// <summary>What was expected, for a message.</summary>
    public static string Expected(TimeFormat format) => format switch
    {
        TimeFormat.EpochS => "epoch seconds",
        TimeFormat.EpochMs => "epoch milliseconds",
        TimeFormat.EpochUs => "epoch microseconds",
        TimeFormat.Iso8601 => "ISO 8601 such as 2022-08-01T10:00:00Z",
        _ => "epoch milliseconds or ISO 8601",
    };

    private static bool TryParseAny(ReadOnlySpan<byte> text, out long timeMs)
    {
        var digits = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        digits = digits < 0 ? text.Length : digits;
        if (digits < text.Length && text[digits] != '.')
        {
            return Iso8601Text.TryParse(text, out timeMs);
        }

        timeMs = 0;
        return digits switch
        {
            0 => false,
            <= SecondDigitsMax => TryParseNumber(text, 3, out timeMs),
            <= MilliDigitsMax => TryParseNumber(text, 0, out timeMs),
            <= MicroDigitsMax => TryParseNumber(text, -3, out timeMs),
            _ => false,
        };
    }

    // digits[.digits] times ten to the power of shift, cut to an integer.
    private static bool TryParseNumber(ReadOnlySpan<byte> text, int shift, out long value)
    {
        value = 0;
        var point = text.IndexOf((byte)'.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? default : text[(point + 1)..];
        if (whole.IsEmpty || whole.Length > MicroDigitsMax || (point >= 0 && fraction.IsEmpty)
            || whole.ContainsAnyExceptInRange((byte)'0', (byte)'9') || fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return false;
        }

        foreach (var digit in whole[..Math.Max(0, whole.Length + Math.Min(shift, 0))])
        {
            value = (value * 10) + (digit - '0');
        }

        // Seventeen digits and three more stay below 2^63 only for times long after TimeMsEnd.
        if (value >= TimeMsEnd)
        {
            return false;
        }

        for (var i = 0; i < shift; i++)
        {
            value = (value * 10) + (i < fraction.Length ? fraction[i] - '0' : 0);
        }

        return true;
    }
}
