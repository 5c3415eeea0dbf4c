using System.Text;
using StreamSegmenter.Conversions;

namespace StreamSegmenter.Folding;

/// <summary>Collects what two folds of the same history count, so that the panes can be given the difference.</summary>
internal sealed class PaneDifferences : IConversionPanes
{
    private readonly Dictionary<(PaneKey Key, string Value), int> _places = [];
    private PaneCounts[] _counts = new PaneCounts[16];
    private IConversionPanes? _panes;

    /// <summary>Begins: from now on what is counted is to be taken back from the panes.</summary>
    public void Begin(IConversionPanes panes)
    {
        _panes = panes;
        _places.Clear();
    }

    /// <summary>From now on what is counted is to be added.</summary>
    public void Turn()
    {
        for (var i = 0; i < _places.Count; i++)
        {
            var negative = default(PaneCounts);
            negative.Subtract(in _counts[i]);
            _counts[i] = negative;
        }
    }

    public bool IsOpen(PaneKey key, long eventTimeMs) => _panes!.IsOpen(key, eventTimeMs);

    public ref PaneCounts Open(PaneKey key, ReadOnlySpan<byte> value)
    {
        // Latin-1 keeps every byte, so this is the value and no reading of it.
        var name = (key, Encoding.Latin1.GetString(value));
        if (!_places.TryGetValue(name, out var place))
        {
            place = _places[name] = _places.Count;
            if (place == _counts.Length)
            {
                Array.Resize(ref _counts, place * 2);
            }

            _counts[place] = default;
        }

        return ref _counts[place];
    }

    /// <summary>Gives the panes the difference.</summary>
    public void Apply()
    {
        foreach (var ((key, value), place) in _places)
        {
            if (!_counts[place].IsZero)
            {
                _panes!.Open(key, Encoding.Latin1.GetBytes(value)).Combine(in _counts[place]);
            }
        }
    }
}
