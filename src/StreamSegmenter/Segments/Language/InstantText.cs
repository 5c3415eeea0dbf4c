using System.Globalization;

namespace StreamSegmenter.Segments.Language;

/// <summary>Dates and instants as definitions write them: <c>2025-11-28</c>, a whole day in UTC, or <c>2025-11-28T18:00:00Z</c>, with an
/// offset or in UTC.</summary>
internal static class InstantText
{
    private const long DayMs = 86_400_000;
    private static readonly string[] Formats =
    [
        "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ssK",
        "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>Reads one; false for anything else.</summary>
    /// <param name="startMs">Its first millisecond since 1970-01-01 UTC.</param>
    /// <param name="endMs">The first one behind it.</param>
    public static bool TryParse(string text, out long startMs, out long endMs)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        var isDay = DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, Utc, out var instant);
        var isKnown = isDay || DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, Utc, out instant);
        startMs = isKnown ? instant.ToUnixTimeMilliseconds() : 0;
        endMs = startMs + (isDay ? DayMs : 1);
        return isKnown;
    }
}
