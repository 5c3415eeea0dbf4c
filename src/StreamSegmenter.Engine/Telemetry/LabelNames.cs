using System.Collections;

namespace StreamSegmenter.Engine.Telemetry;

/// <summary>Names that series are labelled with, each at a place that never changes. Definitions that change while the engine runs bring
/// new ones; those that are gone stay, since their counters do. Any thread may read and add.</summary>
internal sealed class LabelNames : IReadOnlyList<string>
{
    private readonly Lock _adding = new();
    private volatile string[] _names;

    public LabelNames(IEnumerable<string> names) => _names = [.. names];

    public int Count => _names.Length;

    public string this[int index] => _names[index];

    /// <summary>The name's place; a name that is new gets the next one.</summary>
    public int PlaceOf(string name)
    {
        var place = Array.IndexOf(_names, name);
        if (place >= 0)
        {
            return place;
        }

        lock (_adding)
        {
            place = Array.IndexOf(_names, name);
            if (place < 0)
            {
                place = _names.Length;
                _names = [.. _names, name];
            }

            return place;
        }
    }

    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)_names).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
