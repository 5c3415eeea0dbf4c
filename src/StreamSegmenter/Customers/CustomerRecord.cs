using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StreamSegmenter.Customers;

/// <summary>A mutable working copy of one customer's state: contiguous bytes, no object graph, the same bytes that the
/// changelog and the customer store hold.
/// <code>
/// header            CustomerHeader, fixed
/// aggregate area        as many bytes as the compiled definitions dictate
/// sections          kind u16 · id u16 · length i32 · payload, one behind the other (carts, sparse panes)
/// </code>
/// Little-endian. Invariants: sections fill the rest exactly; (kind, id) is unique; a section is never empty.
/// Spans handed out are valid until the next <see cref="ResizeSection"/>.</summary>
internal sealed class CustomerRecord
{
    /// <summary>Of header, sections and the hashes in them. Records of version 1 hash carts, orders, event ids and layouts otherwise than
    /// <see cref="Events.KeyHash"/> does now.</summary>
    public const ushort FormatVersion = 2;

    /// <summary>A record that has grown beyond this takes no more events. No shopper comes near it; a bot whose every event counts in
    /// thousands of panes may. What is one event larger still fits into a page of the customer store and into a record of the
    /// changelog, 1 MiB each.</summary>
    public const int BytesMax = 768 * 1024;

    private const int SectionHeaderBytes = 8;
    private static readonly int HeaderBytes = Unsafe.SizeOf<CustomerHeader>();

    private byte[] _bytes = new byte[512];
    private int _length;
    private int _sectionsStart;

    public ref CustomerHeader Header => ref MemoryMarshal.AsRef<CustomerHeader>(_bytes.AsSpan(0, HeaderBytes));

    /// <summary>The aggregate area; its layout belongs to the compiled definitions.</summary>
    public Span<byte> Aggregates => _bytes.AsSpan(HeaderBytes, _sectionsStart - HeaderBytes);

    /// <summary>The record as it is stored.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <summary>It takes no more events: <see cref="BytesMax"/>.</summary>
    public bool IsFull => _length > BytesMax;

    /// <summary>Makes this the record of a customer never seen before.</summary>
    public void Initialize(RecordLayout layout)
    {
        _sectionsStart = _length = HeaderBytes + layout.AggregateBytes;
        EnsureCapacity(_length);
        _bytes.AsSpan(0, _length).Clear();
        ref var header = ref Header;
        header.FormatVersion = FormatVersion;
        header.LayoutHash = layout.Hash;
        header.AggregateBytes = layout.AggregateBytes;
        header.NextDueMs = header.WheelDueMs = header.CartsDueMs = header.SegmentsDueMs = long.MaxValue;
    }

    /// <summary>Takes over stored bytes. A record that was written under other definitions keeps what means the same under the
    /// present ones.</summary>
    /// <exception cref="InvalidDataException">Another version of the program wrote it.</exception>
    public void Load(ReadOnlySpan<byte> stored, RecordLayouts layouts)
    {
        ref readonly var header = ref MemoryMarshal.AsRef<CustomerHeader>(stored[..HeaderBytes]);
        if (header.FormatVersion != FormatVersion)
        {
            throw OtherVersion(header.FormatVersion);
        }

        if (header.LayoutHash != layouts.Current.Hash)
        {
            RecordMigration.Carry(stored, this, layouts);
            return;
        }

        EnsureCapacity(stored.Length);
        stored.CopyTo(_bytes);
        _length = stored.Length;
        _sectionsStart = HeaderBytes + layouts.Current.AggregateBytes;
    }

    /// <summary>The header of a record that is stored.</summary>
    internal static CustomerHeader HeaderOf(ReadOnlySpan<byte> stored) => MemoryMarshal.Read<CustomerHeader>(stored);

    /// <summary>Makes this a copy of another record of the same layout.</summary>
    internal void CopyFrom(ReadOnlySpan<byte> stored)
    {
        EnsureCapacity(stored.Length);
        stored.CopyTo(_bytes);
        _length = stored.Length;
        _sectionsStart = HeaderBytes + Header.AggregateBytes;
    }

    /// <summary>Makes this a copy of another record's state, without what that record keeps to fold late events.</summary>
    internal void CopyStateOf(CustomerRecord other)
    {
        EnsureCapacity(other._length);
        _sectionsStart = _length = other._sectionsStart;
        other._bytes.AsSpan(0, _length).CopyTo(_bytes);
        for (int at = other._sectionsStart, next; at < other._length; at = next)
        {
            next = at + SectionHeaderBytes + other.LengthAt(at);
            if (other.KindAt(at) is not (SectionKind.Baseline or SectionKind.RecentEvents or SectionKind.SeenEvents))
            {
                other._bytes.AsSpan(at, next - at).CopyTo(_bytes.AsSpan(_length));
                _length += next - at;
            }
        }
    }

    /// <summary>Takes over the state of another record, and keeps what this one keeps to fold late events.</summary>
    internal void ReplaceStateBy(CustomerRecord other)
    {
        var kept = new byte[_length];
        var keptLength = 0;
        for (int at = _sectionsStart, next; at < _length; at = next)
        {
            next = at + SectionHeaderBytes + LengthAt(at);
            if (KindAt(at) is SectionKind.Baseline or SectionKind.RecentEvents or SectionKind.SeenEvents)
            {
                _bytes.AsSpan(at, next - at).CopyTo(kept.AsSpan(keptLength));
                keptLength += next - at;
            }
        }

        CopyFrom(other._bytes.AsSpan(0, other._length));
        EnsureCapacity(_length + keptLength);
        kept.AsSpan(0, keptLength).CopyTo(_bytes.AsSpan(_length));
        _length += keptLength;
    }

    /// <summary>The payload of a section; empty when there is none.</summary>
    public Span<byte> Section(ushort kind, ushort id)
    {
        var at = Find(kind, id);
        return at < 0 ? default : Payload(at);
    }

    /// <summary>Makes the section so long: created when missing, removed at 0; bytes are added (zeroed) and removed at
    /// its end.</summary>
    public Span<byte> ResizeSection(ushort kind, ushort id, int length)
    {
        var at = Find(kind, id);
        if (at < 0)
        {
            return length == 0 ? default : Add(kind, id, length);
        }

        var old = LengthAt(at);
        var removed = length == 0 ? SectionHeaderBytes : 0;
        var end = at + SectionHeaderBytes + old;
        var grow = length - old - removed;
        EnsureCapacity(_length + Math.Max(grow, 0));
        _bytes.AsSpan(end, _length - end).CopyTo(_bytes.AsSpan(end + grow));
        _length += grow;
        if (length == 0)
        {
            return default;
        }

        if (length > old)
        {
            _bytes.AsSpan(end, length - old).Clear();
        }

        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(at + 4), length);
        return Payload(at);
    }

    /// <summary>Walks the sections of one kind: start with <c>cursor = 0</c>; false behind the last one.</summary>
    public bool NextSection(ushort kind, ref int cursor, out ushort id, out Span<byte> payload)
    {
        var at = cursor == 0 ? _sectionsStart : cursor;
        while (at < _length)
        {
            var next = at + SectionHeaderBytes + LengthAt(at);
            if (KindAt(at) == kind)
            {
                id = BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(at + 2));
                payload = Payload(at);
                cursor = next;
                return true;
            }

            at = next;
        }

        cursor = at;
        id = 0;
        payload = default;
        return false;
    }

    private Span<byte> Add(ushort kind, ushort id, int length)
    {
        var at = _length;
        EnsureCapacity(at + SectionHeaderBytes + length);
        _length = at + SectionHeaderBytes + length;
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(at), kind);
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(at + 2), id);
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(at + 4), length);
        var payload = Payload(at);
        payload.Clear();
        return payload;
    }

    private int Find(ushort kind, ushort id)
    {
        var wanted = kind | ((uint)id << 16);
        for (var at = _sectionsStart; at < _length; at += SectionHeaderBytes + LengthAt(at))
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(at)) == wanted)
            {
                return at;
            }
        }

        return -1;
    }

    private ushort KindAt(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(at));

    private int LengthAt(int at) => BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(at + 4));

    private Span<byte> Payload(int at) => _bytes.AsSpan(at + SectionHeaderBytes, LengthAt(at));

    private static InvalidDataException OtherVersion(ushort version) => new(
        $"A customer's record in the changelog has version {version}; this program reads version {FormatVersion}. Run the version that "
        + "wrote it, or start with a new changelog topic.");

    private void EnsureCapacity(int length)
    {
        if (_bytes.Length < length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, length));
        }
    }
}
