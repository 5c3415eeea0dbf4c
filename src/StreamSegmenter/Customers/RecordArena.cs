namespace StreamSegmenter.Customers;

/// <summary>Memory for what the records that are worked on need beside their state: handed out piece by piece, taken back all at once when the
/// records are put away. So a working set of any size allocates nothing once it has been that large.</summary>
internal sealed class RecordArena
{
    private const int ChunkBytes = 256 * 1024;
    private const int WordBytes = sizeof(ulong);

    /// <summary>After a burst the arena keeps no more.</summary>
    private const int KeptChunksMax = 512;

    private readonly List<byte[]> _chunks = [];
    private int _chunk = -1;
    private int _used = ChunkBytes;

    /// <summary>Bytes of the chunks in use.</summary>
    public long Bytes => (long)(_chunk + 1) * ChunkBytes;

    /// <summary>A piece of that length, with anything in it; valid until <see cref="Clear"/>.</summary>
    public ArraySegment<byte> Take(int length)
    {
        if (length > ChunkBytes)
        {
            return new byte[length];
        }

        // The next piece begins at a word, since records hold numbers.
        _used = (_used + WordBytes - 1) & ~(WordBytes - 1);

        if (length > ChunkBytes - _used)
        {
            if (++_chunk == _chunks.Count)
            {
                // Pinned, so that the collector never copies it: it lives long.
                _chunks.Add(GC.AllocateUninitializedArray<byte>(ChunkBytes, pinned: true));
            }

            _used = 0;
        }

        var piece = new ArraySegment<byte>(_chunks[_chunk], _used, length);
        _used += length;
        return piece;
    }

    /// <summary>Shortens the piece that was taken last.</summary>
    public void Shorten(int taken, int kept)
    {
        if (taken <= ChunkBytes)
        {
            _used -= taken - kept;
        }
    }

    public void Clear()
    {
        if (_chunks.Count > KeptChunksMax)
        {
            _chunks.RemoveRange(KeptChunksMax, _chunks.Count - KeptChunksMax);
        }

        _chunk = -1;
        _used = ChunkBytes;
    }
}
