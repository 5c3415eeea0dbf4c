namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>Reads an event time exactly, with integer arithmetic alone. Times before 1970 and after 9999 are refused:
/// no storefront has them, and every later sum on a time is then free of overflow. So is 0, which stands for "no time".</summary>
internal static class EventTimeText
{
    /// <summary>The first millisecond of the year 10000.</summary>
    public const long TimeMsEnd = 253_402_300_800_000;

    /// <summary>Epoch milliseconds of the text; false when it is not a time in that format.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, TimeFormat format, out long timeMs) =>
        TryParse(text, format, null, out timeMs);

    /// <param name="zone">The zone of times that name none; null is UTC.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, TimeFormat format, TimeZoneInfo? zone, out long timeMs)
    {
        text = text.Trim(" \t\r\n"u8);
        var read = format switch
        {
            TimeFormat.EpochS => EpochText.TryParse(text, 3, out timeMs),
            TimeFormat.EpochMs => EpochText.TryParse(text, 0, out timeMs),
            TimeFormat.EpochUs => EpochText.TryParse(text, -3, out timeMs),
            TimeFormat.EpochNs => EpochText.TryParse(text, -6, out timeMs),
            TimeFormat.Iso8601 => Iso8601Text.TryParse(text, zone, out timeMs),
            _ => EpochText.TryParse(text, null, out timeMs) || Iso8601Text.TryParse(text, zone, out timeMs),
        };
        return read && timeMs is > 0 and < TimeMsEnd;
    }

    /// <summary>What was expected, for a message.</summary>
    public static string Expected(TimeFormat format) => format switch
    {
        TimeFormat.EpochS => "epoch seconds",
        TimeFormat.EpochMs => "epoch milliseconds",
        TimeFormat.EpochUs => "epoch microseconds",
        TimeFormat.EpochNs => "epoch nanoseconds",
        TimeFormat.Iso8601 => "ISO 8601 such as 2022-08-01T10:00:00Z",
        _ => "epoch seconds, milliseconds, microseconds or nanoseconds, or ISO 8601",
    };
}
