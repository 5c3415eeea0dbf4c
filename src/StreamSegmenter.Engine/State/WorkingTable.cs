using StreamSegmenter.Customers;

namespace StreamSegmenter.Engine.State;

/// <summary>One key of a shard's state in the working set: a mutable copy.</summary>
internal abstract class WorkingEntry
{
    private ArraySegment<byte> _room = ArraySegment<byte>.Empty;
    private int _keyLength;

    /// <summary>Changed since it was loaded: goes to the changelog.</summary>
    public bool IsDirty { get; set; }

    /// <summary>To be deleted: a tombstone goes to the changelog.</summary>
    public bool IsDeleted { get; set; }

    /// <summary>Where in the store's log it was found; 0: not found, or not looked up.</summary>
    public long FoundAt { get; set; }

    /// <summary>The key in store and changelog.</summary>
    public ReadOnlyMemory<byte> StateKeyMemory => _room.AsMemory(0, _keyLength);

    public ReadOnlySpan<byte> StateKeyBytes => _room.AsSpan(0, _keyLength);

    /// <summary>The key without its kind.</summary>
    public ReadOnlySpan<byte> Name => _room.AsSpan(1, _keyLength - 1);

    /// <summary>The value as it is stored. Of what changed since it was loaded, only once it is sealed.</summary>
    public abstract ReadOnlyMemory<byte> Value { get; }

    /// <param name="arena">Where the key's bytes go; null: to the heap.</param>
    public void Reset(byte kind, ReadOnlySpan<byte> name, RecordArena? arena)
    {
        _keyLength = name.Length + 1;
        if (arena is not null)
        {
            _room = arena.Take(_keyLength);
        }
        else if (_room.Count < _keyLength)
        {
            _room = new byte[_keyLength];
        }

        _room[0] = kind;
        name.CopyTo(_room.AsSpan(1));
        IsDirty = false;
        IsDeleted = false;
        FoundAt = 0;
    }
}

/// <summary>What is worked on, as mutable copies: the only uncommitted state there is, so undoing is
/// clearing. A hash table with chained buckets over pooled entries, which keep their buffers from commit to commit;
/// after a burst it keeps at most <see cref="KeptMax"/> of them.</summary>
/// <param name="kind">Of the entries' keys.</param>
/// <param name="create">Makes an entry.</param>
/// <param name="arena">Where the keys' bytes go, which is cleared with the table; null: to the heap.</param>
internal sealed class WorkingTable<TEntry>(byte kind, Func<TEntry> create, RecordArena? arena = null)
    where TEntry : WorkingEntry
{
    private const int KeptMax = 256 * 1024;
    private const int InitialCapacity = 64;
    private int[] _buckets = new int[InitialCapacity];
    private Link[] _links = new Link[InitialCapacity];
    private TEntry[] _entries = new TEntry[InitialCapacity];

    /// <summary>An entry's place in its bucket, apart from the entry: passing one over touches nothing of it.</summary>
    /// <param name="Next">Index + 1 of the next in the bucket; 0 at the end.</param>
    private readonly record struct Link(ulong Hash, int Next);

    public int Count { get; private set; }

    public TEntry this[int index] => _entries[index];

    public ReadOnlySpan<TEntry> Entries => _entries.AsSpan(0, Count);

    /// <summary>Finds the entry of that name, or adds one that still has to be loaded.</summary>
    /// <returns>The entry's index, valid until <see cref="Clear"/>.</returns>
    public int GetOrAdd(ReadOnlySpan<byte> name, ulong hash, out bool added)
    {
        for (var i = _buckets[Bucket(hash)] - 1; i >= 0; i = _links[i].Next - 1)
        {
            if (_links[i].Hash == hash && _entries[i].Name.SequenceEqual(name))
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

        var entry = _entries[Count] ??= create();
        entry.Reset(kind, name, arena);
        Chain(Count, hash);
        return Count++;
    }

    /// <summary>Has the processor fetch the bucket of a hash, so that a look-up a few turns later does not wait for memory.</summary>
    public void PrefetchBucket(ulong hash) => Prefetch.Line(ref _buckets[Bucket(hash)]);

    /// <summary>The same for what the bucket, which should be at hand, refers to.</summary>
    public void PrefetchLink(ulong hash)
    {
        var first = _buckets[Bucket(hash)] - 1;
        if (first >= 0)
        {
            Prefetch.Line(ref _links[first]);
            Prefetch.Line(ref _entries[first]);
        }
    }

    /// <summary>The same for the entry, whose place should be at hand.</summary>
    public void PrefetchEntry(ulong hash)
    {
        var first = _buckets[Bucket(hash)] - 1;
        if (first >= 0)
        {
            Prefetch.Object(_entries[first]);
        }
    }

    public void Clear()
    {
        Count = 0;
        if (_entries.Length > KeptMax)
        {
            Array.Resize(ref _entries, KeptMax);
            _links = new Link[KeptMax];
            _buckets = new int[KeptMax];
            return;
        }

        Array.Clear(_buckets);
    }

    /// <summary>By the hash's upper bits: where records are routed by the same hash, all keys of a shard agree in its lower
    /// bits.</summary>
    private int Bucket(ulong hash) => (int)(hash >> 33) & (_buckets.Length - 1);

    private void Chain(int index, ulong hash)
    {
        ref var head = ref _buckets[Bucket(hash)];
        _links[index] = new Link(hash, head);
        head = index + 1;
    }

    private void Grow()
    {
        Array.Resize(ref _entries, _entries.Length * 2);
        Array.Resize(ref _links, _entries.Length);
        _buckets = new int[_entries.Length];
        for (var i = 0; i < Count; i++)
        {
            Chain(i, _links[i].Hash);
        }
    }
}
