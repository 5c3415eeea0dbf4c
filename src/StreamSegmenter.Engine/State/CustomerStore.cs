using System.Numerics;
using FASTER.core;

namespace StreamSegmenter.Engine.State;

/// <summary>The committed state of one shard in FASTER: hot records in memory, cold ones on disk. A cache of the changelog,
/// so its files are deleted when it closes. Used by the lane's thread only. Whatever waits for reads throws
/// <see cref="StateDamagedException"/> when the disk gave back something else than was written.</summary>
internal sealed class CustomerStore : IDisposable
{
    private const int MemoryBytesMin = 1 << 19;
    private const int PageBytesMax = 1 << 20;
    private const long SegmentBytesMax = 1 << 26;
    private const int PagesPerSegmentMin = 16;
    private readonly VerifyingDevice _device;
    private readonly FasterKV<SpanByte, SpanByte> _store;
    private readonly ClientSession<SpanByte, SpanByte, int, byte, Empty, StoreFunctions> _session;
    private readonly StoreFunctions _functions = new();
    private readonly ScratchReader _scratch = new();
    private readonly LatestReader _latest;
    private readonly LogCompaction _compaction;
    private bool _readsPending;

    /// <param name="directory">Where records spill that do not fit in memory; made when missing.</param>
    /// <param name="memoryBytes">Memory of log and index together; at least 512 KiB are used. The largest record fits into an
    /// eighth of it, or into 1 MiB.</param>
    /// <param name="create">Makes the files; null: on the real disk.</param>
    /// <param name="stalled">Told why nothing can be spilled, and null once it can again; on any thread.</param>
    public CustomerStore(string directory, long memoryBytes, CreateSpillFile? create = null, Action<string?>? stalled = null)
    {
        Directory.CreateDirectory(directory);
        memoryBytes = Math.Max(memoryBytes, MemoryBytesMin);
        _device = new VerifyingDevice(Path.Combine(directory, "customers.log"), create ?? SpillFile.Create, stalled ?? (_ => { }));
        var pageBytes = Math.Min(PageBytesMax, PowerOfTwoAtMost(memoryBytes / 8));
        var logBytes = PowerOfTwoAtMost(memoryBytes * 7 / 8);
        var segmentBytes = Math.Clamp(logBytes, pageBytes * PagesPerSegmentMin, SegmentBytesMax);
        var settings = new FasterKVSettings<SpanByte, SpanByte>
        {
            IndexSize = PowerOfTwoAtMost(memoryBytes / 8),
            LogDevice = _device,
            PageSize = pageBytes,
            SegmentSize = segmentBytes,
            MemorySize = logBytes,
            MutableFraction = 0.9,
            ConcurrencyControlMode = ConcurrencyControlMode.None,
        };
        _store = new FasterKV<SpanByte, SpanByte>(settings);
        _session = _store.For(_functions).NewSession<StoreFunctions>();
        _latest = new LatestReader(_store, _session, _functions);
        _compaction = new LogCompaction(this, _store.Log, _latest, _device, Math.Max(logBytes, segmentBytes), pageBytes, segmentBytes);
    }

    public LogCompaction Compaction => _compaction;

    /// <summary>Called instead of closing, by whoever lends this store and takes it back.</summary>
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

    public unsafe void Upsert(ReadOnlySpan<byte> stateKey, ReadOnlySpan<byte> value)
    {
        fixed (byte* keyBytes = stateKey)
        fixed (byte* valueBytes = value)
        {
            var key = SpanByte.FromPointer(keyBytes, stateKey.Length);
            var desired = SpanByte.FromPointer(valueBytes, value.Length);
            _session.Upsert(ref key, ref desired);
        }
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
        using var sweep = BeginSweep();
        while (sweep.MoveNext())
        {
            if (!sweep.IsDeleted && _latest.IsLatest(ref sweep.KeyBytes, sweep.Address) == true)
            {
                visit(sweep.Key, sweep.Value);
            }

            if (_latest.IsFull)
            {
                Resolve(visit);
            }
        }

        Resolve(visit);
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

    /// <summary>Begins to walk over everything that is there now.</summary>
    public StoreSweep BeginSweep() => BeginSweep(_store.Log.TailAddress);

    internal StoreSweep BeginSweep(long until) => new(_store.Log.Scan(_store.Log.BeginAddress, until), _device);

    public void Dispose()
    {
        if (TakenBack is not null)
        {
            TakenBack(this);
            return;
        }

        // First of all: it must not read pages that FASTER frees.
        _compaction.Dispose();
        _device.Close();
        _session.Dispose();
        _store.Dispose();
        _device.Dispose();
    }

    private void ThrowIfDamaged()
    {
        if (_device.Fault is { } fault)
        {
            throw new StateDamagedException(fault);
        }
    }

    private static long PowerOfTwoAtMost(long bytes) => 1L << BitOperations.Log2((ulong)bytes);

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
