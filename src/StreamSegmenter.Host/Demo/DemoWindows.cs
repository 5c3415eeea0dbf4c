using StreamSegmenter.Conversions;

namespace StreamSegmenter.Host.Demo;

/// <summary>Picks the final panes of the shortest window, each once.</summary>
internal sealed class DemoWindows
{
    private long _windowMs = long.MaxValue;
    private long _toldMs = long.MinValue;

    /// <returns>The pane when it is one to show; null otherwise.</returns>
    public ConversionPane? Add(ConversionPane pane)
    {
        if (pane.Dimension != "all" || !pane.Final || pane.WindowMs > _windowMs || (pane.WindowMs == _windowMs && pane.StartMs <= _toldMs))
        {
            return null;
        }

        (_windowMs, _toldMs) = (pane.WindowMs, pane.StartMs);
        return pane;
    }
}
