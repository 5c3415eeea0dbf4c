using StreamSegmenter.Conversions;

namespace StreamSegmenter.Host.Feed;

/// <summary>The latest numbers of the last windows. A window of which some shard's part may be missing, since it began before what was read, is not shown.</summary>
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

            var key = new Key(pane.WindowMs, pane.Dimension, pane.Value, pane.Partition);
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

    /// <summary>The panes of one window length and dimension that begin in <c>[fromMs, toMs)</c>, each summed over the shards, oldest first.</summary>
    public IReadOnlyList<ConversionPane> Of(long windowMs, string dimension, long fromMs, long toMs)
    {
        lock (_gate)
        {
            return
            [
                .. from window in _byStart
                   where window.Key >= fromMs && window.Key < toMs
                   from value in window.Value.Where(pane => pane.Key.WindowMs == windowMs && pane.Key.Dimension == dimension)
                       .GroupBy(pane => pane.Key.Value, StringComparer.Ordinal).OrderBy(value => value.Key, StringComparer.Ordinal)
                   select value.Select(pane => pane.Value).Aggregate((one, other) => one.Combine(other)),
            ];
        }
    }

    private readonly record struct Key(long WindowMs, string Dimension, string Value, int Partition);
}
