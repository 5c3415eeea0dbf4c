using FASTER.core;

namespace StreamSegmenter.Engine.State;

/// <summary>Walks what the store held when the walk began, oldest first, and may pause between any two records while the store goes
/// on being read and written. Of a key that was overwritten it may give older versions before the latest, and a deletion
/// as such: whoever applies all in this order ends with the latest. What changes behind its back is missed or not.</summary>
internal sealed class StoreSweep(
    IFasterScanIterator<SpanByte, SpanByte> records, VerifyingDevice device) : IDisposable
{
    private bool _isDeleted;

    /// <summary>Valid until the next move.</summary>
    public ReadOnlySpan<byte> Key => records.GetKey().AsReadOnlySpan();

    /// <summary>Valid until the next move; empty: the key is deleted.</summary>
    public ReadOnlySpan<byte> Value => _isDeleted ? default : records.GetValue().AsReadOnlySpan();

    /// <summary>Where in the log the record lies.</summary>
    public long Address => records.CurrentAddress;

    /// <returns>False at the end.</returns>
    /// <exception cref="StateDamagedException">What lies on disk does not verify.</exception>
    public bool MoveNext()
    {
        var moved = records.GetNext(out var info);
        if (device.Fault is { } fault)
        {
            throw new StateDamagedException(fault);
        }

        _isDeleted = moved && info.Tombstone;
        return moved;
    }

    public void Dispose() => records.Dispose();
}
