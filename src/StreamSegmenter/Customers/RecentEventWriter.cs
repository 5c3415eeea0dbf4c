using System.Buffers.Binary;
using StreamSegmenter.Events;

namespace StreamSegmenter.Customers;

/// <summary>Writes one entry of a list as <see cref="RecentEventLayout"/> describes it.</summary>
/// <param name="entry">Where it goes.</param>
/// <param name="list">The list, head and entries; its notes of the last texts are brought up to date.</param>
internal ref struct RecentEventWriter(Span<byte> entry, Span<byte> list)
{
    /// <summary>All of an entry but the bytes of its type's name and of its texts is shorter.</summary>
    public const int NumbersMax = 96;

    private readonly Span<byte> _entry = entry;
    private readonly Span<byte> _list = list;
    private int _presentAt;
    private int _present;

    /// <summary>How much is written.</summary>
    public int Length { get; private set; }

    /// <summary>Writes time, type, fields and place among ties.</summary>
    public void Place(in StorefrontEvent e, TieBreak tie)
    {
        Number(Varint.ZigZag(e.EventTimeMs - RecentEventLayout.FirstTimeOf(_list)));
        if (e.Type.Id <= EventTypes.WellKnown.Count)
        {
            _entry[Length++] = (byte)(e.Type.Id + 1);
        }
        else
        {
            _entry[Length++] = 0;
            Bytes(EventTypes.Utf8NameOf(e.Type));
        }

        var fields = e.Fields & ~(RecentEventLayout.HasEventId | RecentEventLayout.HasIndex);
        _entry[Length++] = (byte)(fields | (tie.HasId ? RecentEventLayout.HasEventId : 0) | (tie.Index > 0 ? RecentEventLayout.HasIndex : 0));
        _presentAt = Length;
        Length += sizeof(ushort);
        if (tie.HasId)
        {
            // A hash: no short form.
            BinaryPrimitives.WriteUInt64LittleEndian(_entry[Length..], tie.Key);
            Length += sizeof(ulong);
        }
        else
        {
            Number(tie.Key);
        }

        if (tie.Index > 0)
        {
            Number(tie.Index);
        }
    }

    /// <summary>Writes the amounts that the event has.</summary>
    public void Amounts(in StorefrontEvent e)
    {
        if (e.Has(EventFields.Price))
        {
            Number(Varint.ZigZag(e.PriceMinor));
        }

        if (e.Has(EventFields.Total))
        {
            Number(Varint.ZigZag(e.TotalMinor));
        }

        if (e.Has(EventFields.Quantity))
        {
            Number(Varint.ZigZag(e.Quantity));
        }
    }

    /// <summary>Writes a text, or notes that it is the last one of its kind again. Kinds come in the order of their numbers.</summary>
    public void Text(RecentText kind, scoped ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return;
        }

        // Two bits for each kind: 1 the last one of the list, 2 written here.
        var place = RecentEventLayout.TextPlace(_list, kind);
        var last = BinaryPrimitives.ReadUInt16LittleEndian(place);
        if (last > 0 && IsAt(last, text))
        {
            _present |= 1 << ((int)kind * 2);
            return;
        }

        _present |= 2 << ((int)kind * 2);
        BinaryPrimitives.WriteUInt16LittleEndian(place, (ushort)(_list.Length + Length));
        Bytes(text);
    }

    /// <summary>Notes which texts are there; the entry is complete.</summary>
    public readonly void Complete() => BinaryPrimitives.WriteUInt16LittleEndian(_entry[_presentAt..], (ushort)_present);

    private readonly bool IsAt(int at, scoped ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> there = _list[at..];
        return Varint.Read(ref there) == (ulong)text.Length && there[..text.Length].SequenceEqual(text);
    }

    private void Bytes(scoped ReadOnlySpan<byte> text)
    {
        Number((ulong)text.Length);
        text.CopyTo(_entry[Length..]);
        Length += text.Length;
    }

    private void Number(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _entry[Length++] = unchecked((byte)(value | 0x80));
        }

        _entry[Length++] = unchecked((byte)value);
    }
}
