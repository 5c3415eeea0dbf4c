using StreamSegmenter.Customers;

namespace StreamSegmenter.Engine.State;

/// <summary>A customer in the working set.</summary>
internal sealed class WorkingCustomer
{
    private byte[] _stateKey = new byte[64];
    private int _keyLength;

    public CustomerRecord Record { get; } = new();

    public ulong Hash { get; private set; }

    /// <summary>Next in the same bucket of the working set's table; -1 at the end.</summary>
    public int Next { get; set; }

    /// <summary>Changed since it was loaded: goes to the changelog.</summary>
    public bool IsDirty { get; set; }

    /// <summary>The customer store had the record.</summary>
    public bool IsLoaded { get; set; }

    /// <summary>The key in store and changelog.</summary>
    public ReadOnlyMemory<byte> StateKeyMemory => _stateKey.AsMemory(0, _keyLength);

    public ReadOnlySpan<byte> StateKeyBytes => _stateKey.AsSpan(0, _keyLength);

    public ReadOnlySpan<byte> CustomerKey => _stateKey.AsSpan(1, _keyLength - 1);

    public void Reset(ReadOnlySpan<byte> customerKey, ulong hash)
    {
        _keyLength = customerKey.Length + 1;
        if (_stateKey.Length < _keyLength)
        {
            _stateKey = new byte[_keyLength];
        }

        _stateKey[0] = StateKey.Customer;
        customerKey.CopyTo(_stateKey.AsSpan(1));
        Hash = hash;
        IsDirty = false;
        IsLoaded = false;
    }
}

/// <summary>The customers touched since the last commit, as mutable copies: the only uncommitted state there is, so undoing
/// is clearing. A hash table with chained buckets over pooled entries; entries keep their buffers from commit to commit.</summary>
internal sealed class WorkingSet
{
    private const int FixedBytesPerCustomer = 768;
    private int[] _buckets = NewBuckets(1024);
    private WorkingCustomer[] _customers = new WorkingCustomer[1024];

    public int Count { get; private set; }

    /// <summary>A rough figure of the memory held: what the bound on the working set counts.</summary>
    public long Bytes => (long)Count * FixedBytesPerCustomer;

    public WorkingCustomer this[int index] => _customers[index];

    /// <summary>Finds the customer, or adds an entry that still has to be loaded.</summary>
    /// <returns>The entry's index, valid until <see cref="Clear"/>.</returns>
    public int GetOrAdd(ReadOnlySpan<byte> customerKey, ulong hash, out bool added)
    {
        for (var i = _buckets[Bucket(hash)]; i >= 0; i = _customers[i].Next)
        {
            if (_customers[i].Hash == hash && _customers[i].CustomerKey.SequenceEqual(customerKey))
            {
                added = false;
                return i;
            }
        }

        added = true;
        if (Count == _customers.Length)
        {
            Grow();
        }

        var customer = _customers[Count] ??= new WorkingCustomer();
        customer.Reset(customerKey, hash);
        Link(Count);
        return Count++;
    }

    public void Clear()
    {
        Count = 0;
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
        ref var head = ref _buckets[Bucket(_customers[index].Hash)];
        _customers[index].Next = head;
        head = index;
    }

    private void Grow()
    {
        Array.Resize(ref _customers, _customers.Length * 2);
        _buckets = NewBuckets(_customers.Length);
        for (var i = 0; i < Count; i++)
        {
            Link(i);
        }
    }
}
