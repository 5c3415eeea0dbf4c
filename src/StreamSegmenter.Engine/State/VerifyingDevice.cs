using System.Collections.Concurrent;
using System.Numerics;
using FASTER.core;

namespace StreamSegmenter.Engine.State;

/// <summary>Where FASTER's log spills to. FASTER 2.6.5 believes whatever a device says: what a failed read left in memory is taken for
/// the record, and behind a failed write nothing is ever flushed again. So this device never reports failure:
/// <list type="bullet">
/// <item>Of every 4 KiB that it writes it remembers the CRC-32C, and compares it when they are read. What does not verify, or cannot
/// be read, is handed over as zeroes, in which FASTER finds no record, and <see cref="Fault"/> names it: a caller that waits for
/// reads looks there before believing that a key is missing.</item>
/// <item>A write that fails is kept and tried again until it succeeds: a full disk holds the lane up, at the latest when its
/// memory is full of pages to be written, and lets it go on when there is room again.</item>
/// </list>
/// Costs 4 bytes of memory per 4 KiB on disk. Pages are written in the order in which FASTER gives them, by one thread at a time.</summary>
internal sealed class VerifyingDevice : StorageDeviceBase
{
    public const int BlockBytes = 4096;
    private const int ReadsPendingMax = 120;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(2);

    private readonly CreateSpillFile _create;
    private readonly Action<string?> _stalled;
    private readonly ConcurrentDictionary<int, SpillSegment> _segments = new();
    private readonly Queue<SpillWrite> _writes = new();
    private readonly ManualResetEventSlim _closing = new();
    private volatile string? _fault;
    private byte[] _page = [];
    private bool _writing;
    private int _readsPending;
    private int _deletesPending;
    private int _firstSegment;
    private long _diskBytes;

    /// <param name="stalled">Receives the reason why nothing can be written, and null once it can again; on any thread.</param>
    public VerifyingDevice(string fileName, CreateSpillFile create, Action<string?> stalled)
        : base(fileName, BlockBytes, Devices.CAPACITY_UNSPECIFIED)
    {
        _create = create;
        _stalled = stalled;
        ThrottleLimit = ReadsPendingMax;
    }

    /// <summary>What did not verify first; null while everything did.</summary>
    public string? Fault => _fault;

    /// <summary>Reads on the caller's thread: ten times as fast while the file lies in the system's memory, as it does when it has just
    /// been written. Set by the thread that reads.</summary>
    public bool ReadsInline { get; set; }

    /// <summary>Bytes of the files.</summary>
    public long DiskBytes => Interlocked.Read(ref _diskBytes);

    public override bool Throttle() => Volatile.Read(ref _readsPending) > ThrottleLimit;

    public override void WriteAsync(
        IntPtr sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback,
        object context)
    {
        lock (_writes)
        {
            _writes.Enqueue(new SpillWrite(sourceAddress, segmentId, (long)destinationAddress, (int)numBytesToWrite, callback, context));
            if (_writing)
            {
                return;
            }

            _writing = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static device => device.WriteQueued(), this, preferLocal: false);
    }

    public override void ReadAsync(
        int segmentId, ulong sourceAddress, IntPtr destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context)
    {
        Interlocked.Increment(ref _readsPending);
        var read = new SpillRead(this, segmentId, (long)sourceAddress, destinationAddress, (int)readLength, callback, context);
        if (ReadsInline)
        {
            Read(read);
            return;
        }

        ThreadPool.UnsafeQueueUserWorkItem(read, preferLocal: false);
    }

    /// <summary>Gives back the files that lie wholly below an address, which are no longer read. On the thread that uses the
    /// log; a file of many megabytes is deleted beside it.</summary>
    /// <returns>Bytes given back.</returns>
    public long Free(long untilAddress)
    {
        var before = DiskBytes;
        for (var first = (int)(untilAddress >> BitOperations.Log2((ulong)segmentSize)); _firstSegment < first; _firstSegment++)
        {
            if (Take(_firstSegment) is { } file)
            {
                Interlocked.Increment(ref _deletesPending);
                ThreadPool.UnsafeQueueUserWorkItem(static delete => delete.Device.Delete(delete.File), (Device: this, File: file), preferLocal: false);
            }
        }

        return before - DiskBytes;
    }

    // FASTER's own way goes through its epochs, for the sake of readers; here a read of what is gone finds no segment.
    public override void TruncateUntilAddress(long toAddress) => Free(toAddress);

    public override void TruncateUntilAddressAsync(long toAddress, AsyncCallback callback, IAsyncResult result)
    {
        TruncateUntilAddress(toAddress);
        callback(result);
    }

    public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result)
    {
        Take(segment)?.Dispose();
        callback(result);
    }

    /// <summary>Takes no more from memory and ends what is under way: to be called before FASTER frees its pages.</summary>
    public void Close()
    {
        _closing.Set();
        var wait = default(SpinWait);
        while (Volatile.Read(ref _writing) || Volatile.Read(ref _readsPending) > 0)
        {
            wait.SpinOnce();
        }
    }

    /// <summary>Deletes the files.</summary>
    public override void Dispose()
    {
        Close();
        foreach (var segment in _segments.Keys)
        {
            Take(segment)?.Dispose();
        }

        var wait = default(SpinWait);
        while (Volatile.Read(ref _deletesPending) > 0)
        {
            wait.SpinOnce();
        }

        _closing.Dispose();
    }

    /// <summary>Serves one read, on a thread of the pool.</summary>
    internal unsafe void Read(SpillRead read)
    {
        var bytes = new Span<byte>((void*)read.Destination, read.Length);
        if (_closing.IsSet || (TryRead(read, bytes) is not null && TryRead(read, bytes) is { } fault && Report(fault)))
        {
            bytes.Clear();
        }

        read.Callback(0, (uint)read.Length, read.Context);
        Interlocked.Decrement(ref _readsPending);
    }

    private bool Report(string fault)
    {
        Interlocked.CompareExchange(ref _fault, fault, null);
        return true;
    }

    /// <returns>Null: the bytes are what was written.</returns>
    private string? TryRead(SpillRead read, Span<byte> bytes)
    {
        var place = $"{FileName}.{read.Segment}";
        if (!_segments.TryGetValue(read.Segment, out var segment))
        {
            return $"{place}: there is no such file";
        }

        try
        {
            // FASTER asks for as much as the last record had while it does not know this one's length: beyond what was written, or
            // beyond the file. No record lies there.
            var written = segment.WrittenBytes(read.Source, bytes.Length);
            bytes[written..].Clear();
            bytes = bytes[..written];
            if (written == 0)
            {
                return $"{place}: nothing was written at byte {read.Source}";
            }

            var got = segment.File.Read(bytes, read.Source);
            return got < bytes.Length
                ? $"{place}: ends at byte {read.Source + got}, within what was written"
                : segment.FindDamage(read.Source, bytes) is { } at ? $"{place}: the 4 KiB at byte {at} are not what was written" : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return $"{place}: cannot be read at byte {read.Source}: {e.Message}";
        }
    }

    private void WriteQueued()
    {
        while (true)
        {
            SpillWrite write;
            lock (_writes)
            {
                if (_writes.Count == 0 || _closing.IsSet)
                {
                    Volatile.Write(ref _writing, false);
                    return;
                }

                write = _writes.Dequeue();
            }

            if (TryWrite(write))
            {
                write.Callback(0, (uint)write.Length, write.Context);
            }
        }
    }

    /// <returns>False: closed before it could be written.</returns>
    private unsafe bool TryWrite(SpillWrite write)
    {
        // A copy first: FASTER still marks records of a page that is being written, and the checksum must be of what is written.
        _page = _page.Length >= write.Length ? _page : new byte[write.Length];
        var bytes = _page.AsSpan(0, write.Length);
        new ReadOnlySpan<byte>((void*)write.Source, write.Length).CopyTo(bytes);
        var retry = FirstRetry;
        for (var hasStalled = false; ; hasStalled = true)
        {
            try
            {
                Interlocked.Add(ref _diskBytes, SegmentOf(write.Segment).Write(bytes, write.Destination));
                if (hasStalled)
                {
                    _stalled(null);
                }

                return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _stalled($"'{FileName}.{write.Segment}' cannot be written: {e.Message}");
            }

            if (_closing.Wait(retry))
            {
                return false;
            }

            retry = retry < LongestRetry ? retry * 2 : LongestRetry;
        }
    }

    private SpillSegment SegmentOf(int segment)
    {
        if (!_segments.TryGetValue(segment, out var known))
        {
            known = new SpillSegment(_create($"{FileName}.{segment}"), segmentSize);
            _segments[segment] = known;
        }

        return known;
    }

    private ISpillFile? Take(int segment)
    {
        if (!_segments.TryRemove(segment, out var known))
        {
            return null;
        }

        Interlocked.Add(ref _diskBytes, -known.Length);
        return known.File;
    }

    private void Delete(ISpillFile file)
    {
        try
        {
            file.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nothing reads it any more; the next owner of the directory clears it away.
        }

        Interlocked.Decrement(ref _deletesPending);
    }

    private readonly record struct SpillWrite(
        IntPtr Source, int Segment, long Destination, int Length, DeviceIOCompletionCallback Callback, object Context);
}
