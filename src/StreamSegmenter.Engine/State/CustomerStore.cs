using FASTER.core;

namespace StreamSegmenter.Engine.State;

/// <summary>The committed state of one shard in FASTER: hot records in memory, cold ones on disk. A cache of the changelog,
/// so its files are deleted when it closes. Used by the lane's thread only. Whatever waits for reads throws
/// <see cref="StateDamagedException"/> when the disk gave back something else than was written.</summary>
internal sealed class CustomerStore : IDisposable
{
    private readonly VerifyingDevice _device;
    private readonly FasterKV<SpanByte, SpanByte> _store;
    private readonly ClientSession<SpanByte, SpanByte, int, byte, Empty, StoreFunctions> _session;
    private readonly StoreFunctions _functions = new();
    private readonly ScratchReader _scratch = new();
    private readonly LatestReader _latest;
    private byte[] _stored = new byte[1024];
    private bool _readsPending;
    private int _sweeps;

    /// <param name="directory">Where records spill that do not fit in memory; made when missing.</param>
    /// <param name="memoryBytes">Memory of log and index together; at least 512 KiB are used. The largest record fits into an
    /// eighth of it, or into 1 MiB.</param>
    /// <param name="create">Makes the files; null: on the real disk.</param>
    /// <param name="stalled">Receives the reason why nothing can be spilled, and null once it can again; on any thread.</param>
    public CustomerStore(string directory, long memoryBytes, CreateSpillFile? create = null, Action<string?>? stalled = null)
    {
        Directory.CreateDirectory(directory);
        var shape = StoreShape.Of(memoryBytes);
        _device = new VerifyingDevice(Path.Combine(directory, "customers.log"), create ?? SpillFile.Create, stalled ?? (_ => { }));
        var settings = new FasterKVSettings<SpanByte, SpanByte>
        {
            IndexSize = shape.IndexBytes,
            LogDevice = _device,
            PageSize = shape.PageBytes,
            SegmentSize = shape.SegmentBytes,
            MemorySize = shape.LogMemoryBytes,
            MutableFraction = 0.9,
            ConcurrencyControlMode = ConcurrencyControlMode.None,
        };
        _store = new FasterKV<SpanByte, SpanByte>(settings);
        _session = _store.For(_functions).NewSession<StoreFunctions>();
        _latest = new LatestReader(_store, _session, _functions);
        Compaction = new LogCompaction(this, _store.Log, _latest, _device, shape);
    }

    /// <summary>Keeps the files in bounds; the store's user gives it its turns.</summary>
    public LogCompaction Compaction { get; }

    /// <summary>A walk over the log is in progress, so no record may move.</summary>
    public bool IsSwept => _sweeps > 0;

    /// <summary>Where the value lies that a reader is being given: an address that <see cref="Upsert"/> may receive later. Valid during that call.</summary>
    public long FoundAt => _functions.Address;

    /// <summary>Called instead of closing, by an owner that lends this store and takes it back.</summary>
    public Action<CustomerStore>? TakenBack { get; set; }

    /// <summary>Bytes of the log that are in memory.</summary>
    public long MemoryBytes => _store.Log.MemorySizeBytes + (_store.IndexSize * 64);

    /// <summary>Bytes of the files that hold what is not in memory.</summary>
    public long DiskBytes => _device.DiskBytes;

    /// <summary>Something on disk did not verify: nothing that is read from here on can be trusted.</summary>
    public bool IsDamaged => _device.Fault is not null;

    /// <summary>What and where; null while all is well.</summary>
    public string? Fault => _device.Fault;

    /// <summary>Starts reading a key; the value goes to <paramref name="reader"/> with the token, now or in
    /// <see cref="CompleteReads"/>. A key that is not there brings no call.</summary>
    public unsafe void BeginRead(ReadOnlySpan<byte> stateKey, int token, IStateReader reader)
    {
        _functions.Reader = reader;
        fixed (byte* bytes = stateKey)
        {
            var key = SpanByte.FromPointer(bytes, stateKey.Length);
            byte output = 0;
            _readsPending |= _session.Read(ref key, ref token, ref output).IsPending;
        }
    }

    /// <summary>Waits for the reads that went to disk; they were issued together, so they overlap.</summary>
    public void CompleteReads()
    {
        if (_readsPending)
        {
            _session.CompletePending(wait: true);
            _readsPending = false;
            ThrowIfDamaged();
        }
    }

    /// <summary>Reads one key now. The span is valid until the next read; false when the key is not there.</summary>
    public bool TryRead(ReadOnlySpan<byte> stateKey, out ReadOnlySpan<byte> value)
    {
        CompleteReads();
        _scratch.Found = false;
        BeginRead(stateKey, 0, _scratch);
        CompleteReads();
        value = _scratch.Value;
        return _scratch.Found;
    }

    /// <param name="foundAt">Where a value of this key was found before (<see cref="FoundAt"/>), at any time; 0: it is not known.</param>
    /// <returns>Where it lies now.</returns>
    public unsafe long Upsert(ReadOnlySpan<byte> stateKey, ReadOnlySpan<byte> value, long foundAt = 0)
    {
        var length = StoredValue.LengthOf(value.Length);
        if (_stored.Length < length)
        {
            _stored = new byte[length * 2];
        }

        StoredValue.Write(value, _stored.AsSpan(0, length));
        fixed (byte* keyBytes = stateKey)
        fixed (byte* valueBytes = _stored)
        {
            var key = SpanByte.FromPointer(keyBytes, stateKey.Length);
            var desired = SpanByte.FromPointer(valueBytes, length);
            _session.Upsert(ref key, ref desired);
        }

        if (foundAt != 0 && foundAt != _functions.WrittenAt)
        {
            Compaction.Superseded.Add(foundAt);
        }

        return _functions.WrittenAt;
    }

    public unsafe void Delete(ReadOnlySpan<byte> stateKey)
    {
        fixed (byte* bytes = stateKey)
        {
            var key = SpanByte.FromPointer(bytes, stateKey.Length);
            _session.Delete(ref key);
        }
    }

    /// <summary>Calls <paramref name="visit"/> with every key and its latest value; the visitor leaves the store alone.</summary>
    public void Scan(StateVisitor visit)
    {
        CompleteReads();
        _device.ReadsInline = true;
        try
        {
            ScanLatest(visit);
        }
        finally
        {
            _device.ReadsInline = false;
        }
    }

    private void ScanLatest(StateVisitor visit)
    {
        long live = 0;
        void Visit(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            live += LogCompaction.RecordBytes(key.Length, value.Length);
            visit(key, value);
        }

        using var sweep = BeginSweep();
        while (sweep.MoveNext())
        {
            if (!sweep.IsDeleted && _latest.IsLatest(ref sweep.KeyBytes, sweep.Address) == true)
            {
                Visit(sweep.Key, sweep.Value);
            }

            if (_latest.IsFull)
            {
                Resolve(Visit);
            }
        }

        Resolve(Visit);
        Compaction.LiveBytes = live;
    }

    private void Resolve(StateVisitor visit)
    {
        _latest.Resolve(key =>
        {
            if (TryRead(key.Span, out var value))
            {
                visit(key.Span, value);
            }
        });
        ThrowIfDamaged();
    }

    /// <summary>Begins to walk over everything that is there now. Until the walk is disposed of, the log is not compacted.</summary>
    public StoreSweep BeginSweep()
    {
        _sweeps++;
        return new StoreSweep(_store.Log.Scan(_store.Log.BeginAddress, _store.Log.TailAddress), _device, () => _sweeps--);
    }

    /// <summary>The compaction's own walk, which knows what moves.</summary>
    internal StoreSweep SweepUntil(long address) => new(_store.Log.Scan(_store.Log.BeginAddress, address), _device, () => { });

    public void Dispose()
    {
        if (TakenBack is not null)
        {
            TakenBack(this);
            return;
        }

        Compaction.Dispose();

        // Before the store: it must not read pages that FASTER frees.
        _device.Close();
        _session.Dispose();
        _store.Dispose();
        _device.Dispose();
    }

    /// <exception cref="StateDamagedException">What was read last may not be what was written.</exception>
    public void ThrowIfDamaged()
    {
        if (_device.Fault is { } fault)
        {
            throw new StateDamagedException(fault);
        }
    }

    private sealed class ScratchReader : IStateReader
    {
        private byte[] _bytes = new byte[1024];
        private int _length;

        public bool Found { get; set; }

        public ReadOnlySpan<byte> Value => Found ? _bytes.AsSpan(0, _length) : default;

        public void OnValue(int token, ReadOnlySpan<byte> value)
        {
            if (_bytes.Length < value.Length)
            {
                _bytes = new byte[value.Length * 2];
            }

            value.CopyTo(_bytes);
            _length = value.Length;
            Found = true;
        }
    }
}

/// <summary>Receives a key and its value during a scan; both are valid only during the call.</summary>
internal delegate void StateVisitor(ReadOnlySpan<byte> stateKey, ReadOnlySpan<byte> value);
