using StreamSegmenter.Conversions;

namespace StreamSegmenter.Host.Feed;

/// <summary>The latest numbers of the last windows, each over all shards.</summary>
internal sealed class PaneBoard
{
    private const int PanesMax = 40_000;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, Dictionary<Key, ConversionPane>> _byStart = [];
    private int _count;

    public void Add(ConversionPane pane)
    {
        lock (_gate)
        {
            if (!_byStart.TryGetValue(pane.StartMs, out var panes))
            {
                _byStart.Add(pane.StartMs, panes = []);
            }

            var key = new Key(pane.WindowMs, pane.Dimension, pane.Value);
            _count += panes.ContainsKey(key) ? 0 : 1;
            panes[key] = pane;
            if (_count > PanesMax)
            {
                var (oldest, gone) = _byStart.First();
                _count -= gone.Count;
                _byStart.Remove(oldest);
            }
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _byStart.Clear();
            _count = 0;
        }
    }

    /// <summary>The panes of one window length and dimension that begin in <c>[fromMs, toMs)</c>, oldest first.</summary>
    public IReadOnlyList<ConversionPane> Of(long windowMs, string dimension, long fromMs, long toMs)
    {
        lock (_gate)
        {
            return
            [
                .. from window in _byStart
                   where window.Key >= fromMs && window.Key < toMs
                   from value in window.Value.Where(pane => pane.Key.WindowMs == windowMs && pane.Key.Dimension == dimension)
                       .OrderBy(pane => pane.Key.Value, StringComparer.Ordinal)
                   select value.Value,
            ];
        }
    }

    private readonly record struct Key(long WindowMs, string Dimension, string Value);
}
