using StreamSegmenter.Conversions;
using StreamSegmenter.Windows;

namespace StreamSegmenter.Engine.State;

/// <summary>When panes become final: <c>end + grace</c>, and once more <c>horizon</c> later, when what their sessions reached is final too.</summary>
internal sealed class PaneTimes(ConversionDefinition definition, long graceMs)
{
    public long FinalAtMs(long windowMs, long startMs) => startMs + windowMs + graceMs;

    public long CohortFinalAtMs(long windowMs, long startMs) => FinalAtMs(windowMs, startMs) + definition.HorizonMs;

    public long CohortFinalAtMs(ReadOnlySpan<byte> name)
    {
        var (windowMs, startMs) = PaneName.Decode(name);
        return CohortFinalAtMs(windowMs, startMs);
    }

    public long FinalAtMs(ReadOnlySpan<byte> name)
    {
        var (windowMs, startMs) = PaneName.Decode(name);
        return FinalAtMs(windowMs, startMs);
    }

    /// <summary>Whether some pane can become final, in either way, as time goes on from one instant to another.</summary>
    public bool IsAnyBetween(long fromMs, long toMs)
    {
        if (toMs == long.MinValue || fromMs == long.MinValue)
        {
            return toMs > fromMs;
        }

        foreach (var windowMs in definition.WindowsMs)
        {
            if (HasEnded(windowMs, fromMs - graceMs, toMs - graceMs)
                || HasEnded(windowMs, fromMs - graceMs - definition.HorizonMs, toMs - graceMs - definition.HorizonMs))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasEnded(long windowMs, long fromMs, long toMs) => Tumbling.StartOf(fromMs, windowMs) < Tumbling.StartOf(toMs, windowMs);
}
