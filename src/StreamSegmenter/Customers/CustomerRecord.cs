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
/// history           CustomerHistory, in the stored form only
/// </code>
/// Little-endian. Invariants: sections fill the rest exactly; (kind, id) is unique; a section is never empty.
/// Spans handed out are valid until the next <see cref="ResizeSection"/>.</summary>
internal sealed class CustomerRecord
{
    /// <summary>Of header, sections, history and the hashes in them. Records of version 1 hash carts, orders, event ids and layouts
    /// otherwise than <see cref="Events.KeyHash"/> does now; those of version 2 hold the history in sections.</summary>
    public const ushort FormatVersion = 3;

    /// <summary>A record that has grown beyond this takes no more events. No shopper comes near it; a bot whose every event counts in
    /// thousands of panes may. What is one event larger still fits into a page of the customer store and into a record of the
    /// changelog, 1 MiB each.</summary>
    public const int BytesMax = 768 * 1024;

    private const int PrefetchedBytes = 384;

    // A customer who comes back gets a section or two.
    private const int RoomBytes = 96;
    private const int SectionHeaderBytes = RecordSection.HeaderBytes;
    private static readonly int HeaderBytes = Unsafe.SizeOf<CustomerHeader>();

    private byte[] _bytes = [];
    private int _start;
    private int _capacity;
    private int _length;
    private int _sectionsStart;
    private CustomerHistory _history;

    /// <summary>Where its bytes come from; null: from the heap. Set it before the record is made or loaded; what was there before is forgotten.</summary>
    public RecordArena? Arena
    {
        get => _history.Arena;
        set
        {
            _history.Arena = value;
            _bytes = [];
            _start = _capacity = _length = 0;
        }
    }

    public ref CustomerHeader Header => ref MemoryMarshal.AsRef<CustomerHeader>(_bytes.AsSpan(_start, HeaderBytes));

    /// <summary>The aggregate area; its layout belongs to the compiled definitions.</summary>
    public Span<byte> Aggregates => State[HeaderBytes.._sectionsStart];

    /// <summary>The state: the record without its history.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(_start, _length);

    /// <summary>What is kept to fold late events.</summary>
    public ref CustomerHistory History => ref _history;

    private Span<byte> State => _bytes.AsSpan(_start, _length);

    /// <summary>It takes no more events: <see cref="BytesMax"/>.</summary>
    public bool IsFull => _length > BytesMax;

    /// <summary>Makes this the record of a customer never seen before.</summary>
    public void Initialize(RecordLayout layout)
    {
        _sectionsStart = HeaderBytes + layout.AggregateBytes;
        SetLength(_sectionsStart);
        State.Clear();
        History.Clear();
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

        SetLength(stored.Length - header.HistoryBytes);
        stored[.._length].CopyTo(State);
        _sectionsStart = HeaderBytes + layouts.Current.AggregateBytes;
        History.Load(stored[_length..]);
        Header.HistoryBytes = 0;
    }

    /// <summary>The record as it is stored, history included.</summary>
    /// <param name="arena">Where its bytes go; null: to the heap.</param>
    public ReadOnlyMemory<byte> ToStored(RecordArena? arena = null)
    {
        var lengthMax = _length + History.BytesMax;
        var stored = arena?.Take(lengthMax) ?? new byte[lengthMax];
        State.CopyTo(stored);
        var historyLength = History.Write(Bytes.Span, _sectionsStart, stored.AsSpan(_length));
        MemoryMarshal.AsRef<CustomerHeader>(stored.AsSpan(0, HeaderBytes)).HistoryBytes = historyLength;
        arena?.Shorten(lengthMax, _length + historyLength);
        return stored.AsMemory(0, _length + historyLength);
    }

    /// <summary>Makes ready what late events need; to be called before the record's state changes.</summary>
    public void OpenHistory()
    {
        History.Open(Bytes.Span, _sectionsStart);
    }

    /// <summary>The header of a record that is stored.</summary>
    internal static CustomerHeader HeaderOf(ReadOnlySpan<byte> stored) => MemoryMarshal.Read<CustomerHeader>(stored);

    /// <summary>Makes this a copy of a state of the same layout, without a history.</summary>
    internal void CopyFrom(ReadOnlySpan<byte> state)
    {
        SetLength(state.Length);
        state.CopyTo(State);
        _sectionsStart = HeaderBytes + Header.AggregateBytes;
        History.Clear();
    }

    /// <summary>Makes the present the baseline of late events; a state that is too large for that makes it unknown.</summary>
    internal void SetBaseline(int bytesMax)
    {
        var length = BaselineLength(out var seen);
        if (length > bytesMax)
        {
            History.SetBaseline(BaselineKind.Unknown);
            return;
        }

        CopyWithout(seen, History.SetBaseline(length));
    }

    /// <summary>Keeps the present to be the baseline later, unless it is too large.</summary>
    internal void KeepNextBaseline(int bytesMax)
    {
        var length = BaselineLength(out var seen);
        if (length <= bytesMax)
        {
            CopyWithout(seen, History.SetNext(length));
        }
    }

    // The ids that were seen are no state: they are not folded anew.
    private int BaselineLength(out int seen)
    {
        seen = Find(SectionKind.SeenEvents, 0);
        return seen < 0 ? _length : _length - SectionHeaderBytes - LengthAt(seen);
    }

    private void CopyWithout(int section, Span<byte> to)
    {
        var before = section < 0 ? _length : section;
        State[..before].CopyTo(to);
        State[(_length - (to.Length - before))..].CopyTo(to[before..]);
    }

    /// <summary>Takes over the state of another record, and keeps this one's history and the ids that it has seen.</summary>
    internal void ReplaceStateBy(CustomerRecord other)
    {
        var seen = Section(SectionKind.SeenEvents, 0).ToArray();
        SetLength(other._length);
        other.State.CopyTo(State);
        _sectionsStart = other._sectionsStart;
        seen.CopyTo(ResizeSection(SectionKind.SeenEvents, 0, seen.Length));
    }

    /// <summary>Has the processor fetch header and first sections, which will be needed soon.</summary>
    public void PrefetchBytes()
    {
        var bytes = State;
        for (var at = 0; at < bytes.Length && at < PrefetchedBytes; at += Prefetch.LineBytes)
        {
            Prefetch.Line(ref bytes[at]);
        }
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
        var behind = _bytes.AsSpan(_start + end, _length - end);
        behind.CopyTo(_bytes.AsSpan(_start + end + grow, behind.Length));
        _length += grow;
        if (length == 0)
        {
            return default;
        }

        if (length > old)
        {
            State.Slice(end, length - old).Clear();
        }

        BinaryPrimitives.WriteInt32LittleEndian(State[(at + 4)..], length);
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
                id = BinaryPrimitives.ReadUInt16LittleEndian(State[(at + 2)..]);
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
        BinaryPrimitives.WriteUInt16LittleEndian(State[at..], kind);
        BinaryPrimitives.WriteUInt16LittleEndian(State[(at + 2)..], id);
        BinaryPrimitives.WriteInt32LittleEndian(State[(at + 4)..], length);
        var payload = Payload(at);
        payload.Clear();
        return payload;
    }

    private int Find(ushort kind, ushort id)
    {
        var wanted = kind | ((uint)id << 16);
        ReadOnlySpan<byte> bytes = State;
        for (var at = _sectionsStart; at < bytes.Length; at += SectionHeaderBytes + BinaryPrimitives.ReadInt32LittleEndian(bytes[(at + 4)..]))
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]) == wanted)
            {
                return at;
            }
        }

        return -1;
    }

    private ushort KindAt(int at) => BinaryPrimitives.ReadUInt16LittleEndian(State[at..]);

    private int LengthAt(int at) => BinaryPrimitives.ReadInt32LittleEndian(State[(at + 4)..]);

    private Span<byte> Payload(int at) => State.Slice(at + SectionHeaderBytes, LengthAt(at));

    private static InvalidDataException OtherVersion(ushort version) => new(
        $"A customer's record in the changelog has version {version}; this program reads version {FormatVersion}. Run the version that "
        + "wrote it, or start with a new changelog topic.");

    // Whatever was there is no longer needed.
    private void SetLength(int length)
    {
        if (_capacity < length)
        {
            Take(length);
        }

        _length = length;
    }

    private void EnsureCapacity(int length)
    {
        if (_capacity < length)
        {
            ReadOnlySpan<byte> state = State;
            Take(Math.Max(_capacity * 3 / 2, length));
            state.CopyTo(State);
        }
    }

    private void Take(int length)
    {
        var capacity = length + RoomBytes;
        var piece = Arena?.Take(capacity) ?? new byte[capacity];
        (_bytes, _start, _capacity) = (piece.Array!, piece.Offset, capacity);
    }
}
