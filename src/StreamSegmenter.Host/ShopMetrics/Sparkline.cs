namespace StreamSegmenter.Host.ShopMetrics;

/// <summary>A row of numbers as a row of bars.</summary>
internal static class Sparkline
{
    private const string Bars = "▁▂▃▄▅▆▇█";

    /// <summary>From zero, or the least number below it, up to the greatest; a blank where there is no number.</summary>
    public static string Of(IEnumerable<double?> numbers)
    {
        var all = numbers.ToArray();
        var low = Math.Min(0, all.Min() ?? 0);
        var high = Math.Max(0, all.Max() ?? 0);
        return string.Concat(all.Select(number => number is { } known ? Bars[LevelOf(known, low, high)] : ' '));
    }

    private static int LevelOf(double number, double low, double high) =>
        high > low ? (int)Math.Round((number - low) / (high - low) * (Bars.Length - 1)) : 0;
}
