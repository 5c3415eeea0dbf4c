using System.Globalization;

namespace StreamSegmenter.Host.Commands;

/// <summary>Shows instants and lengths of time for people.</summary>
internal static class TimeText
{
    private const long EndMs = 253_402_300_800_000;

    private static readonly (long Ms, string Unit)[] Units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")];

    /// <summary><c>2026-01-31 12:00:00.000Z</c>.</summary>
    /// <param name="timeMs">Epoch milliseconds; 0 and "for ever" are never.</param>
    public static string Show(long timeMs) => timeMs is > 0 and < EndMs
        ? DateTimeOffset.FromUnixTimeMilliseconds(timeMs).ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
        : "never";

    /// <summary><c>in 1h 30m</c>: its two largest units; <c>now</c> for what is not ahead.</summary>
    public static string Ahead(long ms)
    {
        var parts = new List<string>();
        foreach (var (unitMs, unit) in Units)
        {
            var count = ms / unitMs;
            if (count > 0 && parts.Count < 2)
            {
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{count}{unit}"));
                ms %= unitMs;
            }
            else if (parts.Count > 0)
            {
                // Two adjacent units at most: "1d 5ms" would claim too much precision.
                break;
            }
        }

        return parts.Count == 0 ? "now" : $"in {string.Join(' ', parts)}";
    }
}
