using System.Runtime.CompilerServices;
using FASTER.core;

namespace StreamSegmenter.Engine.State;

/// <summary>Tells the latest version of a key from older ones, which stay in the log behind it. FASTER's own iteration over the latest
/// versions cuts keys off after eight bytes where it meets an older version (its issues 885 and 962). So ask of a record in
/// memory whether a read of its key finds it, and of one on disk whether there is anything of its key above it: mostly the
/// index alone knows, without a look at the disk.</summary>
internal sealed class LatestReader(
    FasterKV<SpanByte, SpanByte> store, ClientSession<SpanByte, SpanByte, int, byte, Empty, StoreFunctions> session,
    StoreFunctions functions) : IStateReader
{
    private long _foundAt;

    /// <summary>There is no newer version: neither a value nor a deletion. Reads one record from disk where two keys share a place in
    /// the index, so seldom.</summary>
    /// <param name="address">Where in the log the record of this key lies.</param>
    public bool IsLatest(ref SpanByte key, long address)
    {
        functions.Reader = this;
        return address >= store.Log.HeadAddress ? IsFound(ref key, address) : IsNothingAbove(ref key, address);
    }

    /// <summary>Only of records on disk: when the search in memory is to stop above the head, FASTER 2.6.5 takes whatever record lies
    /// below for the one it looks for.</summary>
    private bool IsNothingAbove(ref SpanByte key, long address)
    {
        byte output = 0;
        var token = 0;
        var above = default(ReadOptions);
        SetStopAddress(ref above, address + 1);
        var status = session.Read(ref key, ref token, ref output, ref above, out var newer);
        if (status.IsPending)
        {
            session.CompletePending(wait: true);
            return IsFound(ref key, address);
        }

        // Of a deletion there is nothing to be found, but it has an address.
        return !status.Found && newer.Address == 0;
    }

    private bool IsFound(ref SpanByte key, long address)
    {
        byte output = 0;
        var token = 0;
        _foundAt = 0;
        if (session.Read(ref key, ref token, ref output).IsPending)
        {
            session.CompletePending(wait: true);
        }

        return _foundAt == address;
    }

    // FASTER documents the option and reads it, but 2.6.5, its last release, gives nobody outside a way to set it.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_StopAddress")]
    private static extern void SetStopAddress(ref ReadOptions options, long address);

    void IStateReader.OnValue(int token, ReadOnlySpan<byte> value) => _foundAt = functions.Address;
}
