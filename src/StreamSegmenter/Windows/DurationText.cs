using System.Globalization;

namespace StreamSegmenter.Windows;

/// <summary>Durations as people write them, in the configuration and in segments alike: a whole number and a unit, with or without a blank
/// between them: <c>250ms 90s 30m 2h 7d 4w</c>, <c>30 m</c>.</summary>
internal static class DurationText
{
    /// <summary>The longest duration that is accepted: a hundred years.</summary>
    public const long DurationMaxMs = 36_500 * DayMs;

    public const string UnitsHint = "write a whole number and a unit: 250ms, 90s, 30m, 2h, 7d or 4w";

    private const long DayMs = 86_400_000;

    public static readonly IReadOnlyList<(string Unit, long Ms)> Units =
    [
        ("w", 7 * DayMs), ("d", DayMs), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ];

    public static bool IsUnit(ReadOnlySpan<char> name)
    {
        foreach (var (unit, _) in Units)
        {
            if (name.SequenceEqual(unit))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads a duration; false for anything else and for more than <see cref="DurationMaxMs"/>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long durationMs)
    {
        durationMs = 0;
        text = text.Trim(' ');
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        if (digits <= 0
            || !long.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        foreach (var (unit, ms) in Units)
        {
            if (text[digits..].TrimStart(' ').SequenceEqual(unit))
            {
                if (number > DurationMaxMs / ms)
                {
                    return false;
                }

                durationMs = number * ms;
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes a duration in the largest unit that divides it (days rather than weeks), so that equal durations
    /// read equal: 60m and 1h are both <c>1h</c>.</summary>
    public static string Format(long durationMs)
    {
        if (durationMs == 0)
        {
            return "0s";
        }

        foreach (var (unit, ms) in Units)
        {
            if (unit != "w" && durationMs % ms == 0)
            {
                return (durationMs / ms).ToString(CultureInfo.InvariantCulture) + unit;
            }
        }

        return durationMs.ToString(CultureInfo.InvariantCulture) + "ms";
    }
}
