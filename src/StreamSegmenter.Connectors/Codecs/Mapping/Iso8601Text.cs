namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>Reads <c>YYYY-MM-DD[(T| )hh:mm[:ss[.fffffffff]]][ ][Z|UTC|GMT|±hh[[:]mm]]</c>, the part of ISO 8601 and RFC 3339
/// that exports use, with a space and "UTC" as some write it. Without a zone it is UTC. Second 60 counts as the next second.</summary>
internal static class Iso8601Text
{
    private const int FractionDigitsMax = 9;

    public static bool TryParse(ReadOnlySpan<byte> text, out long timeMs)
    {
        timeMs = 0;
        if (!TryReadDate(ref text, out var days))
        {
            return false;
        }

        long millis = 0;
        if (!text.IsEmpty && text[0] is (byte)'T' or (byte)'t' or (byte)' ')
        {
            text = text[1..];
            if (!TryReadTimeOfDay(ref text, out millis))
            {
                return false;
            }
        }

        if (!TryReadZone(text, out var offsetMinutes))
        {
            return false;
        }

        timeMs = (days * 86_400_000L) + millis - (offsetMinutes * 60_000L);
        return true;
    }

    private static bool TryReadDate(ref ReadOnlySpan<byte> text, out int days)
    {
        days = 0;
        if (!TryReadDigits(ref text, 4, out var year) || !TrySkip(ref text, (byte)'-')
            || !TryReadDigits(ref text, 2, out var month) || !TrySkip(ref text, (byte)'-')
            || !TryReadDigits(ref text, 2, out var day)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        days = new DateOnly(year, month, day).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        return true;
    }

    private static bool TryReadTimeOfDay(ref ReadOnlySpan<byte> text, out long millis)
    {
        millis = 0;
        var second = 0;
        var fraction = 0;
        if (!TryReadDigits(ref text, 2, out var hour) || !TrySkip(ref text, (byte)':')
            || !TryReadDigits(ref text, 2, out var minute) || hour > 23 || minute > 59)
        {
            return false;
        }

        if (TrySkip(ref text, (byte)':') && (!TryReadDigits(ref text, 2, out second) || second > 60))
        {
            return false;
        }

        if (!text.IsEmpty && text[0] is (byte)'.' or (byte)',' && !TryReadFraction(ref text, out fraction))
        {
            return false;
        }

        millis = (((((hour * 60L) + minute) * 60) + second) * 1000) + fraction;
        return true;
    }

    private static bool TryReadFraction(ref ReadOnlySpan<byte> text, out int millis)
    {
        millis = 0;
        text = text[1..];
        var digits = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        digits = digits < 0 ? text.Length : digits;
        if (digits is 0 or > FractionDigitsMax)
        {
            return false;
        }

        for (var i = 0; i < 3; i++)
        {
            millis = (millis * 10) + (i < digits ? text[i] - '0' : 0);
        }

        text = text[digits..];
        return true;
    }

    private static bool TryReadZone(ReadOnlySpan<byte> text, out int offsetMinutes)
    {
        offsetMinutes = 0;
        text = text.TrimStart((byte)' ');
        if (text.IsEmpty || text.SequenceEqual("Z"u8) || text.SequenceEqual("z"u8)
            || text.SequenceEqual("UTC"u8) || text.SequenceEqual("GMT"u8))
        {
            return true;
        }

        var negative = text[0] == '-';
        if (!negative && text[0] != '+')
        {
            return false;
        }

        text = text[1..];
        var minute = 0;
        if (!TryReadDigits(ref text, 2, out var hour))
        {
            return false;
        }

        var colon = TrySkip(ref text, (byte)':');
        if ((colon || !text.IsEmpty) && !TryReadDigits(ref text, 2, out minute))
        {
            return false;
        }

        offsetMinutes = ((hour * 60) + minute) * (negative ? -1 : 1);
        return text.IsEmpty && hour <= 23 && minute <= 59;
    }

    private static bool TryReadDigits(ref ReadOnlySpan<byte> text, int count, out int value)
    {
        value = 0;
        if (text.Length < count || text[..count].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return false;
        }

        foreach (var digit in text[..count])
        {
            value = (value * 10) + (digit - '0');
        }

        text = text[count..];
        return true;
    }

    private static bool TrySkip(ref ReadOnlySpan<byte> text, byte expected)
    {
        if (text.IsEmpty || text[0] != expected)
        {
            return false;
        }

        text = text[1..];
        return true;
    }
}
