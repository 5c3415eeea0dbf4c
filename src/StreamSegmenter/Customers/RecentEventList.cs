namespace StreamSegmenter.Customers;

/// <summary>The bytes of a customer's recent events, as <see cref="RecentEvents"/> writes and reads them.</summary>
internal sealed class RecentEventList
{
    private const int GrowthBytes = 96;
    private ArraySegment<byte> _memory = ArraySegment<byte>.Empty;
    private int _length;

    /// <summary>Where the bytes come from; null: from the heap.</summary>
    public RecordArena? Arena { get; set; }

    public Span<byte> Bytes => _memory.AsSpan(0, _length);

    public bool IsEmpty => _length == 0;

    /// <summary>Forgets the events, and their memory, which may belong to others already.</summary>
    public void Reset()
    {
        _memory = ArraySegment<byte>.Empty;
        _length = 0;
    }

    public void Clear() => _length = 0;

    /// <summary>Has the processor fetch the head of the list and its end, where the next event goes.</summary>
    public void PrefetchBytes()
    {
        if (_memory.Count > _length)
        {
            Prefetch.Line(ref _memory.Array![_memory.Offset]);
            Prefetch.Line(ref _memory.Array[_memory.Offset + _length]);
        }
    }

    public void Load(ReadOnlySpan<byte> bytes)
    {
        _length = 0;
        Append(bytes);
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        var length = _length + bytes.Length;
        if (_memory.Count < length)
        {
            var capacity = length + GrowthBytes;
            var memory = Arena?.Take(capacity) ?? new byte[capacity];
            Bytes.CopyTo(memory);
            _memory = memory;
        }

        bytes.CopyTo(_memory.AsSpan(_length));
        _length = length;
    }
}
