using StreamSegmenter.Conversions;

namespace StreamSegmenter.Engine.State;

/// <summary>When panes become final: <c>end + grace</c>, and once more <c>horizon</c> later, when what their sessions reached is final too.
/// For one thread.</summary>
internal sealed class PaneTimes(ConversionDefinition definition, long graceMs)
{
    private readonly WindowBounds[] _bounds = definition.NewBounds();

    public long CohortFinalAtMs(PaneKey key) => _bounds[key.Window].EndOf(key.StartMs) + graceMs + definition.HorizonMs;

    public long CohortFinalAtMs(ReadOnlySpan<byte> name) => FinalAtMs(name) + definition.HorizonMs;

    public long FinalAtMs(ReadOnlySpan<byte> name) => EndOf(name) + graceMs;

    /// <summary>The end of a pane's window, also of one that the definitions no longer have.</summary>
    public long EndOf(ReadOnlySpan<byte> name)
    {
        var (window, startMs) = PaneName.Decode(name);
        foreach (var bounds in _bounds)
        {
            if (bounds.Window == window)
            {
                return bounds.EndOf(startMs);
            }
        }

        return new WindowBounds(window, definition.TimeZone).EndOf(startMs);
    }

    /// <summary>Whether some pane can become final, in either way, as time goes on from one instant to another.</summary>
    public bool IsAnyBetween(long fromMs, long toMs)
    {
        if (toMs == long.MinValue || fromMs == long.MinValue)
        {
            return toMs > fromMs;
        }

        foreach (var bounds in _bounds)
        {
            if (HasEnded(bounds, fromMs - graceMs, toMs - graceMs)
                || HasEnded(bounds, fromMs - graceMs - definition.HorizonMs, toMs - graceMs - definition.HorizonMs))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasEnded(WindowBounds bounds, long fromMs, long toMs) => bounds.StartOf(fromMs) < bounds.StartOf(toMs);
}
