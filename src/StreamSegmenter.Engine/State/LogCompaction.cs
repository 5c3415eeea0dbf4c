using FASTER.core;

namespace StreamSegmenter.Engine.State;

/// <summary>prototype</summary>
internal sealed class LogCompaction(
    CustomerStore store, LogAccessor<SpanByte, SpanByte> log, LatestReader latest, VerifyingDevice device, long allowanceBytes, long pageBytes, long segmentBytes)
    : IDisposable
{
    private const int SliceBytes = 512 * 1024;
    private const int RecordBytes = 64;
    private const int AskBytes = 4096;
    private StoreSweep? _sweep;
    private long _until;
    private long _copied;
    private long _tailAtStart;
    public long Asked;
    public long Seen;
    public long Laps;

    public long LiveBytes { get; set; }

    public bool IsDue => _sweep is not null || log.TailAddress - log.BeginAddress > 2 * (LiveBytes + allowanceBytes);

    public void Turn()
    {
        if (_sweep is null)
        {
            _until = log.HeadAddress & ~(pageBytes - 1);
            _tailAtStart = log.TailAddress;
            _copied = 0;
            _sweep = store.BeginSweep(_until);
        }

        device.ReadsInline = Environment.GetEnvironmentVariable("INLINE") == "1";
        var budget = SliceBytes;
        for (long seen = 0; seen < budget;)
        {
            if (!_sweep.MoveNext())
            {
                Resolve();
                End();
                return;
            }

            seen += RecordBytes + _sweep.Key.Length + _sweep.Value.Length;
            Seen++;
            if (_sweep.IsDeleted)
            {
                continue;
            }

            switch (latest.IsLatest(ref _sweep.KeyBytes, _sweep.Address))
            {
                case true:
                    Copy(_sweep.Key, _sweep.Value);
                    break;
                case null:
                    Asked++;
                    seen += AskBytes;
                    if (latest.IsFull)
                    {
                        Resolve();
                    }

                    break;
            }
        }

        Resolve();
        Shift(_sweep.Address & ~(segmentBytes - 1));
    }

    private void Resolve()
    {
        latest.Resolve(key =>
        {
            if (store.TryRead(key.Span, out var value))
            {
                Copy(key.Span, value);
            }
        });
        device.ReadsInline = false;
    }

    private void Copy(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        store.Upsert(key, value);
        _copied += RecordBytes + key.Length + value.Length;
    }

    private void End()
    {
        Shift(_until);
        LiveBytes = _copied + ((log.TailAddress - _until - _copied) / 2);
        Laps++;
        Dispose();
    }

    private void Shift(long address)
    {
        if (address > log.BeginAddress)
        {
            log.ShiftBeginAddress(address);
            device.Free(address);
        }
    }

    public void Dispose()
    {
        _sweep?.Dispose();
        _sweep = null;
    }
}
