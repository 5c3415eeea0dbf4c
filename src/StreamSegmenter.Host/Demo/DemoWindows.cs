using StreamSegmenter.Conversions;

namespace StreamSegmenter.Host.Demo;

/// <summary>Puts the shards' panes of the shortest window together: a window is shown once, when every shard that counted in it
/// has finished it or the next window is final somewhere.</summary>
internal sealed class DemoWindows
{
    private readonly SortedDictionary<long, Dictionary<int, ConversionPane>> _open = [];
    private long _windowMs = long.MaxValue;
    private long _toldMs = long.MinValue;

    /// <returns>A window that is complete now, over all shards; null when this pane completes none.</returns>
    public ConversionPane? Add(ConversionPane pane)
    {
        if (pane.Dimension != "all" || pane.WindowMs > _windowMs || pane.StartMs <= _toldMs)
        {
            return null;
        }

        if (pane.WindowMs < _windowMs)
        {
            _windowMs = pane.WindowMs;
            _open.Clear();
        }

        if (!_open.TryGetValue(pane.StartMs, out var shards))
        {
            _open.Add(pane.StartMs, shards = []);
        }

        shards[pane.Partition] = pane;
        var (startMs, first) = _open.First();
        var isComplete = first.Values.All(p => p.Final) || (pane.Final && pane.StartMs > startMs);
        if (!isComplete || !pane.Final)
        {
            return null;
        }

        _open.Remove(startMs);
        _toldMs = startMs;
        return first.Values.Aggregate((one, other) => one.Combine(other));
    }
}
