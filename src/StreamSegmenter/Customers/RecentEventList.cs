namespace StreamSegmenter.Customers;

/// <summary>The bytes of a customer's recent events (<see cref="RecentEventLayout"/>). Part of its record, not an object of its own: one place
/// less in memory to wait for.</summary>
internal struct RecentEventList
{
    private const int GrowthBytesMin = 96;
    private ArraySegment<byte> _memory;
    private int _length;

    /// <summary>Where the bytes come from; null: from the heap.</summary>
    public RecordArena? Arena { get; set; }

    public readonly Span<byte> Bytes => _memory.AsSpan(0, _length);

    public readonly bool IsEmpty => _length == 0;

    /// <summary>Forgets the events, and their memory, which may belong to others already.</summary>
    public void Reset()
    {
        _memory = default;
        _length = 0;
    }

    public void Clear() => _length = 0;

    /// <summary>Forgets so many events at the front; the head and they take <paramref name="length"/> bytes.</summary>
    public void DropFirst(int count, int length) => _length = length == _length ? 0 : RecentEventLayout.DropFirst(Bytes, count, length);

    /// <summary>Has the processor fetch the head of the list and its end, where the next event goes.</summary>
    public readonly void PrefetchBytes()
    {
        if (_memory.Count > _length)
        {
            Prefetch.Line(ref _memory.Array![_memory.Offset]);
            Prefetch.Line(ref _memory.Array[_memory.Offset + _length]);
        }
    }

    /// <summary>Takes over memory whose first bytes are the list; the others are room for more events.</summary>
    public void Adopt(ArraySegment<byte> memory, int length)
    {
        _memory = memory;
        _length = length;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        var length = _length + bytes.Length;
        if (_memory.Count < length)
        {
            var capacity = length + Math.Max(GrowthBytesMin, length / 2);
            var memory = Arena?.Take(capacity) ?? new byte[capacity];
            Bytes.CopyTo(memory);
            _memory = memory;
        }

        bytes.CopyTo(_memory.AsSpan(_length));
        _length = length;
    }
}
