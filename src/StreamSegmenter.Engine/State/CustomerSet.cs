using System.Runtime.InteropServices;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;

namespace StreamSegmenter.Engine.State;

/// <summary>A customer in the working set.</summary>
internal sealed class WorkingCustomer : WorkingEntry
{
    private ReadOnlyMemory<byte> _stored;

    public CustomerRecord Record { get; } = new();

    public override ReadOnlyMemory<byte> Value => _stored;

    /// <summary>Brings the record into its stored form, which is valid as long as the arena's memory.</summary>
    public void Seal(RecordArena arena) => _stored = Record.ToStored(arena);

    /// <summary>The store has the customer; else it is one never seen.</summary>
    public bool IsLoaded { get; set; }
}

/// <summary>The customers that are worked on: those touched since the last commit and, as long as there is room, those touched before it,
/// as a write-back cache over the store. Loading is two calls, <see cref="BeginLoad"/> for every customer of a
/// batch and then one <see cref="CompleteLoads"/>, so that reads from disk overlap.</summary>
internal sealed class CustomerSet : IStateReader
{
    // Its objects and its places in the table; its bytes are the arena's.
    private const int BytesPerCustomer = 320;
    private readonly RecordArena _records;
    private readonly RecordArena _sealed = new();
    private readonly WorkingTable<WorkingCustomer> _table;
    private readonly List<WorkingCustomer> _dirty = [];
    private readonly CustomerStore _store;
    private readonly RecordLayouts _layouts;
    private int _completed;

    public CustomerSet(CustomerStore store, RecordLayouts layouts)
    {
        _store = store;
        _layouts = layouts;
        _records = new RecordArena();
        _table = new WorkingTable<WorkingCustomer>(StateKey.Customer, () => new WorkingCustomer(), _records);
    }

    /// <summary>A rough figure of the memory held: what the bound on the working set counts.</summary>
    public long Bytes => ((long)_table.Count * BytesPerCustomer) + _records.Bytes;

    public int Count => _table.Count;

    /// <summary>Those that changed since the last commit.</summary>
    public ReadOnlySpan<WorkingCustomer> Dirty => CollectionsMarshal.AsSpan(_dirty);

    public WorkingCustomer this[int index] => _table[index];

    public void PrefetchBucket(ulong hash) => _table.PrefetchBucket(hash);

    public void PrefetchLink(ulong hash) => _table.PrefetchLink(hash);

    public void PrefetchEntry(ulong hash) => _table.PrefetchEntry(hash);

    public int BeginLoad(ReadOnlySpan<byte> customerKey, ulong hash)
    {
        var index = _table.GetOrAdd(customerKey, hash, out var added);
        if (added)
        {
            var entry = _table[index];
            entry.IsLoaded = false;
            entry.Record.Arena = _records;
            _store.BeginRead(entry.StateKeyBytes, index, this);
        }

        return index;
    }

    /// <summary>After this every customer of the table has its record.</summary>
    public void CompleteLoads()
    {
        _store.CompleteReads();
        for (; _completed < _table.Count; _completed++)
        {
            var entry = _table[_completed];
            if (!entry.IsLoaded)
            {
                entry.Record.Initialize(_layouts.Current);
            }
        }
    }

    public WorkingCustomer Load(ReadOnlySpan<byte> customerKey)
    {
        var index = BeginLoad(customerKey, KeyHash.Of(customerKey));
        CompleteLoads();
        return _table[index];
    }

    /// <summary>Whatever changes a customer calls this.</summary>
    public void MarkDirty(WorkingCustomer customer)
    {
        if (!customer.IsDirty)
        {
            customer.IsDirty = true;
            _dirty.Add(customer);
        }
    }

    /// <summary>Brings what changed into its stored form, for the commit that begins.</summary>
    public ReadOnlySpan<WorkingCustomer> SealDirty()
    {
        _sealed.Clear();
        var dirty = Dirty;
        for (var i = 0; i < dirty.Length; i++)
        {
            if (i + RecordPrefetch.Distance < dirty.Length)
            {
                for (var step = 0; step < RecordPrefetch.Steps; step++)
                {
                    RecordPrefetch.Run(dirty[i + RecordPrefetch.Ahead(step)], step);
                }
            }

            dirty[i].Seal(_sealed);
        }

        return dirty;
    }

    /// <summary>What changed is in the store.</summary>
    /// <param name="keep">The records stay at hand, so that the next event of a customer finds its record here.</param>
    public void Commit(bool keep)
    {
        if (!keep)
        {
            Clear();
            return;
        }

        foreach (var customer in Dirty)
        {
            customer.IsDirty = false;
            customer.IsLoaded = true;
        }

        _dirty.Clear();
        _sealed.Clear();
    }

    /// <summary>Forgets all, changes included.</summary>
    public void Clear()
    {
        _table.Clear();
        _dirty.Clear();
        _records.Clear();
        _sealed.Clear();
        _completed = 0;
    }

    void IStateReader.OnValue(int token, ReadOnlySpan<byte> value)
    {
        var entry = _table[token];
        entry.IsLoaded = true;
        entry.FoundAt = _store.FoundAt;
        entry.Record.Load(value, _layouts);
    }
}
