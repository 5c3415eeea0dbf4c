using StreamSegmenter.Conversions;
using StreamSegmenter.Events;

namespace StreamSegmenter.Engine.State;

/// <summary>Which values of the dimensions have panes of their own, per window: a hostile or mistaken dimension (an id, say) must
/// not open a pane for every event. Remembered as hashes; rebuilt from the panes on a restore. A value that an aborted
/// commit admitted keeps its place.</summary>
internal sealed class DimensionValues(int valuesMax)
{
    private static readonly byte[] Other = [.. "(other)"u8];
    private readonly Dictionary<(ConversionWindow Window, long StartMs), Dictionary<ulong, HashSet<ulong>>> _byWindow = [];

    /// <summary>The value itself while the dimension has room for it in the window, else "(other)".</summary>
    public ReadOnlySpan<byte> Admit(ConversionWindow window, long startMs, ReadOnlySpan<byte> dimension, ReadOnlySpan<byte> value)
    {
        if (!_byWindow.TryGetValue((window, startMs), out var byDimension))
        {
            _byWindow.Add((window, startMs), byDimension = []);
        }

        var name = KeyHash.Of(dimension);
        if (!byDimension.TryGetValue(name, out var known))
        {
            byDimension.Add(name, known = []);
        }

        var hash = KeyHash.Of(value);
        if (known.Contains(hash))
        {
            return value;
        }

        if (known.Count >= valuesMax)
        {
            return Other;
        }

        known.Add(hash);
        return value;
    }

    /// <summary>The window is over and its panes are gone.</summary>
    public void Forget(ConversionWindow window, long startMs) => _byWindow.Remove((window, startMs));
}
