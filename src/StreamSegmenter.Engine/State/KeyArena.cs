namespace StreamSegmenter.Engine.State;

/// <summary>Holds many short keys outside the managed heap's object graph: 1 MiB pages, blocks of 8-byte steps, a free list
/// per size. A handle is the block's position in units of 8 bytes. Layout of a block: length (2 bytes), key.
/// Not thread-safe.</summary>
internal sealed class KeyArena
{
    private const int UnitBytes = 8;
    private const int PageBytes = 1 << 20;
    private const int UnitsPerPage = PageBytes / UnitBytes;
    private const int LengthBytes = 2;
    private const int None = -1;

    private readonly List<byte[]> _pages = [];
    private readonly int[] _freeByUnits = new int[UnitsOf(StateKey.BytesMax) + 1];
    private int _pageUsed = UnitsPerPage;

    public KeyArena() => Array.Fill(_freeByUnits, None);

    /// <summary>Bytes held.</summary>
    public long Bytes => (long)_pages.Count * PageBytes;

    /// <summary>Copies a key in; at most <see cref="StateKey.BytesMax"/> bytes.</summary>
    public int Add(ReadOnlySpan<byte> key)
    {
        var units = UnitsOf(key.Length);
        var handle = _freeByUnits[units];
        if (handle != None)
        {
            _freeByUnits[units] = BitConverter.ToInt32(Block(handle, units));
        }
        else
        {
            handle = Take(units);
        }

        var block = Block(handle, units);
        BitConverter.TryWriteBytes(block, (ushort)key.Length);
        key.CopyTo(block[LengthBytes..]);
        return handle;
    }

    /// <summary>The key; valid until it is removed.</summary>
    public ReadOnlySpan<byte> this[int handle]
    {
        get
        {
            var page = _pages[handle / UnitsPerPage];
            var at = handle % UnitsPerPage * UnitBytes;
            return page.AsSpan(at + LengthBytes, BitConverter.ToUInt16(page, at));
        }
    }

    public void Remove(int handle)
    {
        var units = UnitsOf(this[handle].Length);
        BitConverter.TryWriteBytes(Block(handle, units), _freeByUnits[units]);
        _freeByUnits[units] = handle;
    }

    private static int UnitsOf(int keyLength) => (LengthBytes + keyLength + UnitBytes - 1) / UnitBytes;

    private Span<byte> Block(int handle, int units) =>
        _pages[handle / UnitsPerPage].AsSpan(handle % UnitsPerPage * UnitBytes, units * UnitBytes);

    private int Take(int units)
    {
        if (_pageUsed + units > UnitsPerPage)
        {
            _pages.Add(GC.AllocateUninitializedArray<byte>(PageBytes));
            _pageUsed = 0;
        }

        var handle = ((_pages.Count - 1) * UnitsPerPage) + _pageUsed;
        _pageUsed += units;
        return handle;
    }
}
