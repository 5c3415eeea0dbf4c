using StreamSegmenter.Events;

namespace StreamSegmenter.Engine.State;

/// <summary>Which values of the dimension have panes of their own, per window: a hostile or mistaken dimension (an id, say) must
/// not open a pane for every event. Remembered as hashes; rebuilt from the panes on a restore. A value that an aborted
/// commit admitted keeps its place.</summary>
internal sealed class DimensionValues(int valuesMax)
{
    private static readonly byte[] Other = [.. "(other)"u8];
    private readonly Dictionary<(long WindowMs, long StartMs), HashSet<ulong>> _byWindow = [];

    /// <summary>The value itself while the window has room for it, else "(other)".</summary>
    public ReadOnlySpan<byte> Admit(long windowMs, long startMs, ReadOnlySpan<byte> value)
    {
        if (!_byWindow.TryGetValue((windowMs, startMs), out var known))
        {
            known = [];
            _byWindow.Add((windowMs, startMs), known);
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
    public void Forget(long windowMs, long startMs) => _byWindow.Remove((windowMs, startMs));
}
