using System.Buffers.Binary;
using System.Numerics;
using System.Text;

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
        var slot = HashOf(name) & _mask;
        while (_names[slot] is { } other && !name.SequenceEqual(other))
        {
            slot = (slot + 1) & _mask;
        }

        return slot;
    }

    // The first and last eight bytes and the length tell field names apart; two loads and a multiplication find them.
    private static ulong HashOf(ReadOnlySpan<byte> name)
    {
        unchecked
        {
            ulong first = 0;
            ulong last = 0;
            if (name.Length >= 8)
            {
                first = BinaryPrimitives.ReadUInt64LittleEndian(name);
                last = BinaryPrimitives.ReadUInt64LittleEndian(name[^8..]);
            }
            else if (name.Length >= 4)
            {
                first = BinaryPrimitives.ReadUInt32LittleEndian(name);
                last = BinaryPrimitives.ReadUInt32LittleEndian(name[^4..]);
            }
            else if (name.Length > 0)
            {
                first = name[0];
                last = ((ulong)name[name.Length / 2] << 8) | name[^1];
            }

            return ((first ^ BitOperations.RotateLeft(last, 29) ^ (ulong)name.Length) * 0x9E37_79B9_7F4A_7C15) >> 32;
        }
    }
}
