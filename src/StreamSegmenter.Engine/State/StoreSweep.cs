using FASTER.core;

namespace StreamSegmenter.Engine.State;

/// <summary>Walks what the store held when the walk began, oldest first, and may pause between any two records while the store goes
/// on being read and written: what changes behind its back is missed or not. Of a key that changes meanwhile it may give
/// an older version and then the latest; whoever applies all in this order ends with the latest.</summary>
internal sealed class StoreSweep(
    IFasterScanIterator<SpanByte, SpanByte> records, VerifyingDevice device, LatestReader latest) : IDisposable
{
    private bool _isTombstone;

    /// <summary>The record counts: it is not deleted, and nothing newer of its key is known.</summary>
    public bool IsLive { get; private set; }

    /// <summary>Valid until the next move.</summary>
    public ReadOnlySpan<byte> Key => records.GetKey().AsReadOnlySpan();

    /// <summary>Valid until the next move.</summary>
    public ReadOnlySpan<byte> Value => _isTombstone ? default : records.GetValue().AsReadOnlySpan();

    /// <summary>Where in the log the next record may lie.</summary>
    public long NextAddress => records.NextAddress;

    /// <returns>False at the end.</returns>
    /// <exception cref="StateDamagedException">What lies on disk does not verify.</exception>
    public bool MoveNext()
    {
        var moved = records.GetNext(out var info);
        _isTombstone = moved && info.Tombstone;
        IsLive = moved && !_isTombstone && device.Fault is null && latest.IsLatest(ref records.GetKey(), records.CurrentAddress);
        return device.Fault is { } fault ? throw new StateDamagedException(fault) : moved;
    }

    public void Dispose() => records.Dispose();
}
