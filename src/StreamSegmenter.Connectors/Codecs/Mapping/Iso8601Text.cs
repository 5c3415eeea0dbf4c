namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>Reads <c>YYYY-MM-DD[(T| )hh[:mm[:ss[.fffffffff]]]][ ][Z|UTC|GMT|±hh[[:]mm]][[Zone/Name]]</c> and the basic form
/// <c>YYYYMMDDThhmmss</c>, the parts of ISO 8601 and RFC 3339 that exports use, with a space and "UTC" as some write it. A time without an
/// offset is in the zone of the mapping, else UTC; the hour 24 is midnight of the next day; second 60 counts as the next second.</summary>
internal static class Iso8601Text
{
    private const int FractionDigitsMax = 12;
    private const long DayMs = 86_400_000;

    public static bool TryParse(ReadOnlySpan<byte> text, TimeZoneInfo? zone, out long timeMs)
    {
        timeMs = 0;
        if (!TryReadDate(ref text, out var days, out var isBasic))
        {
            return false;
        }

        long millis = 0;
        if (!text.IsEmpty && text[0] is (byte)'T' or (byte)'t' or (byte)' ')
        {
            text = text[1..];
            if (!TryReadTimeOfDay(ref text, isBasic, out millis))
            {
                return false;
            }
        }

        if (!TryReadOffset(text, out var hasOffset, out var offsetMinutes))
        {
            return false;
        }

        timeMs = (days * DayMs) + millis - (offsetMinutes * 60_000L);
        if (!hasOffset && zone is not null)
        {
            timeMs -= OffsetMs(zone, timeMs);
        }

        return true;
    }

    /// <summary>What a zone's clock is ahead of UTC at a local time. A time that the clock shows twice is the first of them; one that it
    /// skips is read with the offset before the change.</summary>
    private static long OffsetMs(TimeZoneInfo zone, long localMs)
    {
        if (localMs is < 0 or >= EventTimeText.TimeMsEnd)
        {
            return 0;
        }

        var local = DateTime.SpecifyKind(DateTime.UnixEpoch.AddMilliseconds(localMs), DateTimeKind.Unspecified);
        if (zone.IsInvalidTime(local))
        {
            local = local.AddHours(-1);
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return (long)offset.TotalMilliseconds;
    }

    private static bool TryReadDate(ref ReadOnlySpan<byte> text, out int days, out bool isBasic)
    {
        days = 0;
        isBasic = false;
        if (!TryReadDigits(ref text, 4, out var year))
        {
            return false;
        }

        isBasic = !TrySkip(ref text, (byte)'-');
        if (!TryReadDigits(ref text, 2, out var month) || (!isBasic && !TrySkip(ref text, (byte)'-'))
            || !TryReadDigits(ref text, 2, out var day)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        days = new DateOnly(year, month, day).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

        // Eight digits alone may be anything; with a time behind them they are a date.
        return !isBasic || (!text.IsEmpty && text[0] is (byte)'T' or (byte)'t');
    }

    private static bool TryReadTimeOfDay(ref ReadOnlySpan<byte> text, bool isBasic, out long millis)
    {
        millis = 0;
        var minute = 0;
        var second = 0;
        var fraction = 0;
        if (!TryReadDigits(ref text, 2, out var hour))
        {
            return false;
        }

        var hasMinute = isBasic ? StartsWithDigit(text) : TrySkip(ref text, (byte)':');
        if (hasMinute && !TryReadDigits(ref text, 2, out minute))
        {
            return false;
        }

        var hasSecond = hasMinute && (isBasic ? StartsWithDigit(text) : TrySkip(ref text, (byte)':'));
        if (hasSecond && (!TryReadDigits(ref text, 2, out second) || second > 60))
        {
            return false;
        }

        if (!text.IsEmpty && text[0] is (byte)'.' or (byte)',' && !TryReadFraction(ref text, out fraction))
        {
            return false;
        }

        millis = (((((hour * 60L) + minute) * 60) + second) * 1000) + fraction;
        return minute <= 59 && (hour <= 23 || (hour == 24 && millis == DayMs));
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

    private static bool TryReadOffset(ReadOnlySpan<byte> text, out bool hasOffset, out int offsetMinutes)
    {
        offsetMinutes = 0;
        text = text.TrimStart((byte)' ');
        hasOffset = !text.IsEmpty;
        if (text.IsEmpty || IsUtc(text))
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
        if ((colon || StartsWithDigit(text)) && !TryReadDigits(ref text, 2, out minute))
        {
            return false;
        }

        offsetMinutes = ((hour * 60) + minute) * (negative ? -1 : 1);
        return hour <= 23 && minute <= 59 && IsName(text);
    }

    private static bool IsUtc(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("Z"u8) || text.SequenceEqual("z"u8) || text.SequenceEqual("UTC"u8) || text.SequenceEqual("GMT"u8)
        || text.SequenceEqual("Z[UTC]"u8);

    // What some write behind an offset says the same again: "UTC", "[Europe/Berlin]".
    private static bool IsName(ReadOnlySpan<byte> text) =>
        text.IsEmpty || (text[0] == '[' && text[^1] == ']') || text.SequenceEqual(" UTC"u8) || text.SequenceEqual(" GMT"u8);

    private static bool StartsWithDigit(ReadOnlySpan<byte> text) => !text.IsEmpty && text[0] is >= (byte)'0' and <= (byte)'9';

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
