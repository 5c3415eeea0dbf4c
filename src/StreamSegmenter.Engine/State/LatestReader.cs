namespace StreamSegmenter.Engine.State;

/// <summary>Tells the latest version of a key from older ones during a scan: a record is the latest if a read of its key comes
/// back from the record's own place. Many are asked at once, so that reads from disk overlap.</summary>
internal sealed class LatestReader(StoreFunctions functions, StateVisitor visit) : IStateReader
{
    private const int ExpectedMax = 4096;
    private readonly List<(int KeyStart, int KeyLength, long Address)> _expected = new(ExpectedMax);
    private byte[] _keys = new byte[64 * 1024];
    private int _keysUsed;

    public bool IsFull => _expected.Count >= ExpectedMax;

    /// <summary>Remembers a record; the token of the read that decides.</summary>
    public int Expect(ReadOnlySpan<byte> key, long address)
    {
        if (_keys.Length - _keysUsed < key.Length)
        {
            Array.Resize(ref _keys, (_keys.Length * 2) + key.Length);
        }

        key.CopyTo(_keys.AsSpan(_keysUsed));
        _expected.Add((_keysUsed, key.Length, address));
        _keysUsed += key.Length;
        return _expected.Count - 1;
    }

    public void OnValue(int token, ReadOnlySpan<byte> value)
    {
        var (start, length, address) = _expected[token];
        if (functions.Address == address)
        {
            visit(_keys.AsSpan(start, length), value);
        }
    }

    public void Clear()
    {
        _expected.Clear();
        _keysUsed = 0;
    }
}
