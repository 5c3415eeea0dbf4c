namespace StreamSegmenter.Windows;

/// <summary>Tumbling windows aligned to 1970-01-01 UTC, half-open: <c>[start, start + length)</c>.
/// Worked example, length 60: time 59 is in [0, 60), time 60 in [60, 120), time −1 in [−60, 0).</summary>
internal static class Tumbling
{
    public static long StartOf(long timeMs, long lengthMs)
    {
        var rest = timeMs % lengthMs;
        return timeMs - (rest < 0 ? rest + lengthMs : rest);
    }
}
