using System.Buffers.Binary;

namespace StreamSegmenter.Events;

internal enum PropertyKind : byte
{
    Text = 1,
    Number = 2,
    Boolean = 3,

    /// <summary>The record says that there is no value; only <see cref="PropertyReader.ReadWithNulls"/> sees it.</summary>
    Null = 4,
}

/// <summary>Walks the encoded properties of an event, entry by entry:
/// <c>kind (1 byte) · name length (1 byte) · name · value</c>, where a text is a 16-bit little-endian length and
/// its UTF-8 bytes, a number 8 bytes (IEEE double, little-endian), a boolean and a null one byte.
/// Written by <see cref="EventBatch"/> only, so the reader trusts the lengths.</summary>
internal ref struct PropertyReader(ReadOnlySpan<byte> encoded)
{
    private ReadOnlySpan<byte> _rest = encoded;

    public PropertyKind Kind { get; private set; }

    public ReadOnlySpan<byte> Name { get; private set; }

    public ReadOnlySpan<byte> Text { get; private set; }

    public double Number { get; private set; }

    public readonly bool Boolean => Number != 0;

    /// <summary>The entry as it is encoded.</summary>
    internal ReadOnlySpan<byte> Entry { get; private set; }

    /// <summary>Moves to the next entry that has a value; false behind the last one.</summary>
    public bool Read()
    {
        while (ReadWithNulls())
        {
            if (Kind != PropertyKind.Null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Moves to the next entry, nulls among them; false behind the last one.</summary>
    public bool ReadWithNulls()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var from = _rest;
        Kind = (PropertyKind)_rest[0];
        int nameLength = _rest[1];
        Name = _rest.Slice(2, nameLength);
        var value = _rest[(2 + nameLength)..];
        Text = default;
        Number = 0;
        switch (Kind)
        {
            case PropertyKind.Text:
                int length = BinaryPrimitives.ReadUInt16LittleEndian(value);
                Text = value.Slice(2, length);
                _rest = value[(2 + length)..];
                break;
            case PropertyKind.Number:
                Number = BinaryPrimitives.ReadDoubleLittleEndian(value);
                _rest = value[8..];
                break;
            default:
                Number = value[0];
                _rest = value[1..];
                break;
        }

        Entry = from[..^_rest.Length];
        return true;
    }

    /// <summary>Moves to the entry of that name; false when there is none. The first of equal names wins.</summary>
    public bool Find(ReadOnlySpan<byte> name)
    {
        while (Read())
        {
            if (Name.SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }
}
