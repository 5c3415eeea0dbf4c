namespace StreamSegmenter.Engine.State;

/// <summary>One key of a shard's state in the working set: a mutable copy.</summary>
internal abstract class WorkingEntry
{
    private byte[] _stateKey = new byte[64];
    private int _keyLength;

    public ulong Hash { get; private set; }

    /// <summary>Next in the same bucket of the table; -1 at the end.</summary>
    public int Next { get; set; }

    /// <summary>Changed since it was loaded: goes to the changelog.</summary>
    public bool IsDirty { get; set; }

    /// <summary>To be deleted: a tombstone goes to the changelog.</summary>
    public bool IsDeleted { get; set; }

    /// <summary>The key in store and changelog.</summary>
    public ReadOnlyMemory<byte> StateKeyMemory => _stateKey.AsMemory(0, _keyLength);

    public ReadOnlySpan<byte> StateKeyBytes => _stateKey.AsSpan(0, _keyLength);

    /// <summary>The key without its kind.</summary>
    public ReadOnlySpan<byte> Name => _stateKey.AsSpan(1, _keyLength - 1);

    /// <summary>The value as it is stored.</summary>
    public abstract ReadOnlyMemory<byte> Value { get; }

    public void Reset(byte kind, ReadOnlySpan<byte> name, ulong hash)
    {
        _keyLength = name.Length + 1;
        if (_stateKey.Length < _keyLength)
        {
            _stateKey = new byte[_keyLength];
        }

        _stateKey[0] = kind;
        name.CopyTo(_stateKey.AsSpan(1));
        Hash = hash;
        IsDirty = false;
        IsDeleted = false;
    }
}

/// <summary>What was touched since the last commit, as mutable copies: the only uncommitted state there is, so undoing is
/// clearing. A hash table with chained buckets over pooled entries, which keep their buffers from commit to commit;
/// after a burst it keeps at most <see cref="KeptMax"/> of them.</summary>
internal sealed class WorkingTable<TEntry>(byte kind)
    where TEntry : WorkingEntry, new()
{
    private const int KeptMax = 64 * 1024;
    private const int InitialCapacity = 64;
    private int[] _buckets = NewBuckets(InitialCapacity);
    private TEntry[] _entries = new TEntry[InitialCapacity];

    public int Count { get; private set; }

    public TEntry this[int index] => _entries[index];

    public ReadOnlySpan<TEntry> Entries => _entries.AsSpan(0, Count);

    /// <summary>Finds the entry of that name, or adds one that still has to be loaded.</summary>
    /// <returns>The entry's index, valid until <see cref="Clear"/>.</returns>
    public int GetOrAdd(ReadOnlySpan<byte> name, ulong hash, out bool added)
    {
        for (var i = _buckets[Bucket(hash)]; i >= 0; i = _entries[i].Next)
        {
            if (_entries[i].Hash == hash && _entries[i].Name.SequenceEqual(name))
            {
                added = false;
                return i;
            }
        }

        added = true;
        if (Count == _entries.Length)
        {
            Grow();
        }

        var entry = _entries[Count] ??= new TEntry();
        entry.Reset(kind, name, hash);
        Link(Count);
        return Count++;
    }

    public void Clear()
    {
        Count = 0;
        if (_entries.Length > KeptMax)
        {
            Array.Resize(ref _entries, KeptMax);
            _buckets = NewBuckets(KeptMax);
            return;
        }

        Array.Fill(_buckets, -1);
    }

    private static int[] NewBuckets(int length)
    {
        var buckets = new int[length];
        Array.Fill(buckets, -1);
        return buckets;
    }

    private int Bucket(ulong hash) => (int)(hash & (ulong)(_buckets.Length - 1));

    private void Link(int index)
    {
        ref var head = ref _buckets[Bucket(_entries[index].Hash)];
        _entries[index].Next = head;
        head = index;
    }

    private void Grow()
    {
        Array.Resize(ref _entries, _entries.Length * 2);
        _buckets = NewBuckets(_entries.Length);
        for (var i = 0; i < Count; i++)
        {
            Link(i);
        }
    }
}
