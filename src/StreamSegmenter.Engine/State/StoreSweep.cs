using FASTER.core;

namespace StreamSegmenter.Engine.State;

/// <summary>Walks what the store held when the walk began, oldest first, and may pause between any two records while the store goes
/// on being read and written: what changes behind its back is missed or not. Of a key that was overwritten it may give older
/// versions before the latest, and a deletion as such: applying all in this order ends with the latest. Telling them
/// apart here would need reads from disk.</summary>
internal sealed class StoreSweep(IFasterScanIterator<SpanByte, SpanByte> records, VerifyingDevice device, Action ended) : IDisposable
{
    private bool _isDisposed;

    /// <summary>The key is deleted.</summary>
    public bool IsDeleted { get; private set; }

    /// <summary>Valid until the next move.</summary>
    public ReadOnlySpan<byte> Key => records.GetKey().AsReadOnlySpan();

    /// <summary>Valid until the next move; empty: the key is deleted.</summary>
    public ReadOnlySpan<byte> Value => IsDeleted ? default : StoredValue.Read(records.GetValue().AsReadOnlySpan());

    /// <summary>Where in the log the record lies.</summary>
    public long Address => records.CurrentAddress;

    /// <summary>The key as FASTER takes it.</summary>
    internal ref SpanByte KeyBytes => ref records.GetKey();

    /// <returns>False at the end.</returns>
    /// <exception cref="StateDamagedException">What lies on disk does not verify.</exception>
    public bool MoveNext()
    {
        var moved = records.GetNext(out var info);
        IsDeleted = moved && info.Tombstone;
        return device.Fault is { } fault ? throw new StateDamagedException(fault) : moved;
    }

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            records.Dispose();
            ended();
        }
    }
}
