using System.Runtime.CompilerServices;
using FASTER.core;

namespace StreamSegmenter.Engine.State;

/// <summary>Tells the latest version of a key from older ones, which stay in the log behind it. FASTER's own iteration over the latest
/// versions cuts keys off after eight bytes where it meets an older version (its issues 885 and 962). So ask of a record
/// whether there is anything of its key above it: mostly the index alone knows, without a look at the disk.</summary>
internal sealed class LatestReader(
    ClientSession<SpanByte, SpanByte, int, byte, Empty, StoreFunctions> session, StoreFunctions functions) : IStateReader
{
    private long _foundAt;

    /// <summary>No newer version is known: neither a value nor a deletion. Reads one record from disk where two keys share a place in
    /// the index, so seldom.</summary>
    /// <param name="address">Where in the log the record of this key lies.</param>
    public bool IsLatest(ref SpanByte key, long address)
    {
        functions.Reader = this;
        byte output = 0;
        var token = 0;
        var above = default(ReadOptions);
        SetStopAddress(ref above, address + 1);
        var status = session.Read(ref key, ref token, ref output, ref above, out var newer);
        if (!status.IsPending)
        {
            // Of a deletion there is nothing to be found, but it has an address.
            return !status.Found && newer.Address == 0;
        }

        session.CompletePending(wait: true);
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
