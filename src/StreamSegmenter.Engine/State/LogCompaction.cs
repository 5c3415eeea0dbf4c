using FASTER.core;

namespace StreamSegmenter.Engine.State;

/// <summary>Gives disk space back while the store is in use. An update of a record that lies on disk appends a new one, so the log
/// fills with superseded records. When it is longer than <see cref="LimitBytes"/>, a lap begins: it walks from the log's
/// beginning to where memory begins, in slices between which the store is used as ever, copies each record that is the latest
/// of its key to the log's end, and lets the beginning follow, file by file.
/// <list type="bullet">
/// <item>All below the beginning goes together. So of a deleted key the deletion may go too: what it hides lies below it.</item>
/// <item>Whether a record is the latest is decided when it is copied, with nothing in between: it never hides a newer one.</item>
/// <item>What cannot be verified ends the lap with <see cref="StateDamagedException"/> before the beginning moves over it.</item>
/// <item>Nothing moves while anybody else walks over the log.</item>
/// </list>
/// Bounds: the log is at most about 2 × (live + allowance) bytes long, and a quarter more while a lap is under way. A byte that is
/// written is copied about once more.</summary>
internal sealed class LogCompaction : IDisposable
{
    /// <summary>A read from disk costs as much as looking at so many bytes.</summary>
    private const int ReadBytes = 4096;

    /// <summary>Bytes walked for each byte that others append meanwhile: so the log grows by a quarter in a lap.</summary>
    private const int Pace = 4;

    /// <summary>A lap that is behind that pace catches up by this part per turn: a commit appends much at once.</summary>
    private const int PartsBehind = 32;
    private readonly CustomerStore _store;
    private readonly LogAccessor<SpanByte, SpanByte> _log;
    private readonly LatestReader _latest;
    private readonly VerifyingDevice _device;
    private readonly StoreShape _shape;
    private readonly Action<ReadOnlyMemory<byte>> _copyLatest;
    private StoreSweep? _sweep;
    private long _startedFrom;
    private long _until;
    private long _tailAtStart;
    private long _copied;

    public LogCompaction(
        CustomerStore store, LogAccessor<SpanByte, SpanByte> log, LatestReader latest, VerifyingDevice device, StoreShape shape)
    {
        _store = store;
        _log = log;
        _latest = latest;
        _device = device;
        _shape = shape;
        _copyLatest = CopyLatest;
        Superseded = new SupersededRecords(shape.SegmentBytes);
    }

    public SupersededRecords Superseded { get; }

    /// <summary>Bytes of the log's records that are the latest of their keys, as of the last lap or scan.</summary>
    public long LiveBytes { get; set; }

    /// <summary>A longer log is walked. The allowance is what memory holds, or a file: less could hardly be given back.</summary>
    public long LimitBytes => 2 * (LiveBytes + Math.Max(_shape.LogMemoryBytes, _shape.SegmentBytes));

    /// <summary>Looked at in one turn: about a millisecond.</summary>
    public long SliceBytes { get; set; } = 512 * 1024;

    /// <summary>A lap is under way.</summary>
    public bool IsRunning => _sweep is not null;

    /// <summary>There is work to do, and no other walk over the log is in progress.</summary>
    public bool IsDue => (IsRunning || LengthBytes > LimitBytes) && !_store.IsSwept;

    private long LengthBytes => _log.TailAddress - _log.BeginAddress;

    /// <summary>One slice, of a new lap where none is under way. Not while anybody else walks over the log.</summary>
    /// <returns>Bytes given back.</returns>
    /// <exception cref="StateDamagedException">The store's own file does not verify: the shard must be restored.</exception>
    public long Turn()
    {
        if (_store.IsSwept)
        {
            throw new InvalidOperationException("The log is being walked over: what moved would be missed.");
        }

        _store.CompleteReads();
        var sweep = _sweep ??= Start();
        var owed = Math.Max(sweep.Address, _startedFrom) + OwedBytes(sweep);
        for (long cost = 0; cost < SliceBytes || sweep.Address < owed;)
        {
            if (!sweep.MoveNext())
            {
                return End();
            }

            cost += Look(sweep);
        }

        return Free(sweep.Address & ~(_shape.SegmentBytes - 1));
    }

    /// <summary>Ends a lap that is under way; before the store closes.</summary>
    public void Dispose()
    {
        _sweep?.Dispose();
        _sweep = null;
    }

    /// <summary>What a record occupies: a header of 8 bytes, then key and value, each behind its length and rounded up.</summary>
    public static long RecordBytes(int keyLength, int valueLength) => 8 + ((keyLength + 11L) & ~7L) + ((StoredValue.LengthOf(valueLength) + 11L) & ~7L);

    private StoreSweep Start()
    {
        _startedFrom = _log.BeginAddress;
        _until = _log.HeadAddress & ~(_shape.PageBytes - 1);
        _tailAtStart = _log.TailAddress;
        _copied = 0;
        return _store.SweepUntil(_until);
    }

    /// <summary>What is to be walked in this turn, whatever it costs.</summary>
    private long OwedBytes(StoreSweep sweep)
    {
        var appended = _log.TailAddress - _tailAtStart - _copied;
        var walked = Math.Max(sweep.Address, _startedFrom) - _startedFrom;
        return Math.Max(0, (Pace * appended) - walked) / PartsBehind;
    }

    /// <summary>Copies the record when it counts, if need be later in the turn.</summary>
    /// <returns>What that cost.</returns>
    private long Look(StoreSweep sweep)
    {
        var bytes = RecordBytes(sweep.Key.Length, sweep.Value.Length);
        if (sweep.IsDeleted || Superseded.Contains(sweep.Address))
        {
            return bytes;
        }

        if (_latest.IsLatest(ref sweep.KeyBytes, sweep.Address) is { } isLatest)
        {
            if (isLatest)
            {
                Copy(sweep.Key, sweep.Value);
            }

            return bytes;
        }

        if (_latest.IsFull)
        {
            _latest.Resolve(_copyLatest);
        }

        return bytes + ReadBytes;
    }

    private long End()
    {
        var freed = Free(_until);

        // How much the rest of memory, and what was appended since, superseded is unknown: half of it is assumed.
        LiveBytes = _copied + ((LengthBytes - _copied) / 2);
        Dispose();
        return freed;
    }

    private long Free(long address)
    {
        _latest.Resolve(_copyLatest);
        _store.ThrowIfDamaged();
        if (address <= _log.BeginAddress)
        {
            return 0;
        }

        _log.ShiftBeginAddress(address);
        Superseded.Forget(address);
        return _device.Free(address);
    }

    private void CopyLatest(ReadOnlyMemory<byte> key)
    {
        if (_store.TryRead(key.Span, out var value))
        {
            Copy(key.Span, value);
        }
    }

    private void Copy(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        _store.Upsert(key, value);
        _copied += RecordBytes(key.Length, value.Length);
    }
}
