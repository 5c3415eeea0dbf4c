using System.Text;
using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>An immutable table from UTF-8 names to numbers: open addressing, at most half full, so a look-up neither
/// allocates nor needs a string, and foreign input cannot degrade it, since it never grows.</summary>
internal sealed class Utf8Table
{
    private readonly byte[]?[] _names;
    private readonly int[] _values;
    private readonly ulong _mask;

    public Utf8Table(IReadOnlyCollection<KeyValuePair<string, int>> entries)
    {
        var size = 4;
        while (size < entries.Count * 2)
        {
            size *= 2;
        }

        _names = new byte[size][];
        _values = new int[size];
        _mask = (ulong)size - 1;
        foreach (var (name, value) in entries)
        {
            var bytes = Encoding.UTF8.GetBytes(name);
            var slot = SlotOf(bytes);
            _names[slot] = bytes;
            _values[slot] = value;
        }
    }

    /// <summary>The name's number, -1 when it is not in the table.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        var slot = SlotOf(name);
        return _names[slot] is null ? -1 : _values[slot];
    }

    // The slot that holds the name, or the free one where it would stand.
    private ulong SlotOf(ReadOnlySpan<byte> name)
    {
        var slot = KeyHash.Of(name) & _mask;
        while (_names[slot] is { } other && !name.SequenceEqual(other))
        {
            slot = (slot + 1) & _mask;
        }

        return slot;
    }
}
