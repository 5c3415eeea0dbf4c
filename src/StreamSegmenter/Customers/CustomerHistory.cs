using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace StreamSegmenter.Customers;

/// <summary>What a record keeps so that late events can be folded in their place: what the customer was before the recent events (the
/// baseline) and those events. Behind the state in the stored record:
/// <code>
/// history  := baseline u8 (<see cref="BaselineKind"/>) · length u16 of the events · events · difference
/// </code>
/// The baseline is stored as its <see cref="StateDifference"/> from the state. While the record is worked on, the state changes and the
/// baseline does not, so it is spelled out before the first change: <see cref="Open"/>. Part of its record, not an object of its own.</summary>
internal struct CustomerHistory
{
    private const int HeadBytes = 3;
    private ArraySegment<byte> _stored;
    private ArraySegment<byte> _baseline;
    private RecentEventList _events;
    private ArraySegment<byte> _next;
    private int _nextCount;
    private int _nextLength;

    /// <summary>Where its bytes come from; null: from the heap.</summary>
    public RecordArena? Arena
    {
        readonly get => _events.Arena;
        set => _events.Arena = value;
    }

    /// <summary>What is known of the time before the recent events. The history is open.</summary>
    public BaselineKind Kind { get; private set; }

    /// <summary>The baseline of <see cref="BaselineKind.Known"/>, as bytes of a record without history. The history is open.</summary>
    public readonly ReadOnlySpan<byte> Baseline => _baseline;

    /// <summary>The events since the baseline. The history is open.</summary>
    [UnscopedRef]
    public ref RecentEventList Events => ref _events;

    /// <summary>The longest that the stored form can be.</summary>
    public readonly int BytesMax => _stored.Count > 0
        ? _stored.Count
        : HeadBytes + _events.Bytes.Length + (Kind == BaselineKind.Known ? StateDifference.BytesMax(_baseline.Count) : 0);

    /// <summary>Forgets all: the customer's past is not known.</summary>
    public void Clear()
    {
        _stored = _baseline = _next = default;
        _nextCount = 0;
        Kind = BaselineKind.Unknown;
        _events.Reset();
    }

    /// <summary>Takes over what is stored behind a state; empty: nothing.</summary>
    public void Load(ReadOnlySpan<byte> stored)
    {
        Clear();
        if (!stored.IsEmpty)
        {
            _stored = Take(stored.Length);
            stored.CopyTo(_stored);
        }
    }

    /// <summary>Forgets what is stored, which nothing needs any more; what was spelled out stays.</summary>
    public void Forget() => _stored = default;

    /// <summary>Spells the baseline out; to be called before the state changes for the first time.</summary>
    public void Open(ReadOnlySpan<byte> state, int fixedLength)
    {
        if (_stored.Count == 0)
        {
            return;
        }

        ReadOnlySpan<byte> stored = _stored;
        Kind = (BaselineKind)stored[0];
        var eventsLength = BinaryPrimitives.ReadUInt16LittleEndian(stored[1..]);
        if (Kind == BaselineKind.Known)
        {
            var difference = stored[(HeadBytes + eventsLength)..];
            StateDifference.Read(difference, state, fixedLength, SetBaseline(StateDifference.EarlierLength(difference)));
        }

        // What lies behind the events was read: it is their room now.
        _events.Adopt(_stored[HeadBytes..], eventsLength);
        _stored = default;
    }

    /// <summary>Whether the state in the middle of the list is at hand: see <see cref="SetNext"/>.</summary>
    public readonly bool HasNext => _nextCount > 0;

    /// <summary>Keeps a state of that length, which the caller writes: what the customer is now, before the event that is remembered next. It
    /// becomes the baseline once the list is full, so that nothing has to be folded anew for that. Not stored.</summary>
    public Span<byte> SetNext(int length)
    {
        _next = _next.Count >= length ? _next[..length] : Take(length);
        _nextCount = RecentEventLayout.CountOf(_events.Bytes);
        _nextLength = _events.Bytes.Length;
        RecentEventLayout.ForgetTexts(_events.Bytes);
        return _next;
    }

    /// <summary>Makes the state that was kept the baseline; the events that it has seen are forgotten.</summary>
    public void MoveToNext()
    {
        _events.DropFirst(_nextCount, _nextLength);
        (_baseline, _next) = (_next, _baseline);
        Kind = BaselineKind.Known;
        _nextCount = 0;
    }

    /// <summary>Forgets the state that was kept: something came that it has not seen.</summary>
    public void ForgetNext() => _nextCount = 0;

    /// <summary>Forgets the events.</summary>
    public void ClearEvents()
    {
        _events.Clear();
        _nextCount = 0;
    }

    /// <summary>Makes a state of that length the baseline, which the caller writes.</summary>
    public Span<byte> SetBaseline(int length)
    {
        _baseline = _baseline.Count >= length ? _baseline[..length] : Take(length);
        Kind = BaselineKind.Known;
        return _baseline;
    }

    /// <summary>Says what is known of the time before the recent events, where it is not a state.</summary>
    public void SetBaseline(BaselineKind kind) => Kind = kind;

    /// <summary>Writes the stored form; returns its length, 0 where there is nothing to keep.</summary>
    public readonly int Write(ReadOnlySpan<byte> state, int fixedLength, Span<byte> to)
    {
        if (_stored.Count > 0)
        {
            _stored.AsSpan().CopyTo(to);
            return _stored.Count;
        }

        if (Kind == BaselineKind.Unknown)
        {
            return 0;
        }

        var events = _events.Bytes;
        to[0] = (byte)Kind;
        BinaryPrimitives.WriteUInt16LittleEndian(to[1..], (ushort)events.Length);
        events.CopyTo(to[HeadBytes..]);
        var length = HeadBytes + events.Length;
        return Kind == BaselineKind.Known ? length + StateDifference.Write(Baseline, state, fixedLength, to[length..]) : length;
    }

    private readonly ArraySegment<byte> Take(int length) => Arena?.Take(length) ?? new byte[length];
}

/// <summary>What is known of the time before a customer's recent events. Stored: numbers are never reused.</summary>
internal enum BaselineKind : byte
{
    /// <summary>Nothing: late events are folded at the end.</summary>
    Unknown = 0,

    /// <summary>The customer was not known.</summary>
    NewCustomer = 1,

    /// <summary>A state.</summary>
    Known = 2,
}
