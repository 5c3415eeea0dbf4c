using System.Runtime.CompilerServices;
using FASTER.core;

namespace StreamSegmenter.Engine.State;

/// <summary>Tells the latest version of a key from older ones, which stay in the log behind it. FASTER's own iteration over the latest
/// versions cuts keys off after eight bytes where it meets an older version (its issues 885 and 962). So ask of a record
/// in memory whether a read of its key finds it, and of one on disk whether there is anything of its key above it: of a record
/// that counts, the index alone mostly knows that. Look-ups that need the disk are issued together, so that reads overlap.</summary>
internal sealed class LatestReader(
    FasterKV<SpanByte, SpanByte> store, ClientSession<SpanByte, SpanByte, int, byte, Empty, StoreFunctions> session,
    StoreFunctions functions) : IStateReader
{
    private const int AskedMax = 1024;
    private const int Single = -1;
    private readonly List<(int KeyStart, int KeyLength, long Address)> _asked = new(AskedMax);
    private readonly bool[] _isSuperseded = new bool[AskedMax];
    private byte[] _keys = new byte[64 * 1024];
    private int _keysUsed;
    private long _foundAt;

    public bool IsFull => _asked.Count == AskedMax;

    /// <returns>Null: a disk read is pending; <see cref="Resolve"/> returns its result.</returns>
    /// <param name="address">Where in the log the record of this key lies.</param>
    public bool? IsLatest(ref SpanByte key, long address)
    {
        functions.Reader = this;
        if (address >= store.Log.HeadAddress)
        {
            return IsFound(ref key, address);
        }

        // Only of records on disk: when the search in memory is to stop above the head, FASTER 2.6.5 takes whatever record
        // lies below for the one it looks for.
        byte output = 0;
        var token = _asked.Count;
        _isSuperseded[token] = false;
        var above = default(ReadOptions);
        SetStopAddress(ref above, address + 1);
        var status = session.Read(ref key, ref token, ref output, ref above, out var newer);
        if (!status.IsPending)
        {
            // Of a deletion there is nothing to be found, but it has an address.
            return !status.Found && newer.Address == 0;
        }

        Remember(key.AsReadOnlySpan(), address);
        return null;
    }

    /// <summary>Waits for the disk; calls <paramref name="visit"/> with the keys whose record at the given address is the latest.</summary>
    public unsafe void Resolve(Action<ReadOnlyMemory<byte>> visit)
    {
        session.CompletePending(wait: true);
        for (var i = 0; i < _asked.Count; i++)
        {
            var (start, length, address) = _asked[i];
            fixed (byte* bytes = _keys.AsSpan(start))
            {
                // Not superseded by a value: so by a deletion, or not at all and a stranger stood before it in the index.
                var key = SpanByte.FromPointer(bytes, length);
                functions.Reader = this;
                if (!_isSuperseded[i] && IsFound(ref key, address))
                {
                    visit(_keys.AsMemory(start, length));
                }
            }
        }

        _asked.Clear();
        _keysUsed = 0;
    }

    private bool IsFound(ref SpanByte key, long address)
    {
        byte output = 0;
        var token = Single;
        _foundAt = 0;
        if (session.Read(ref key, ref token, ref output).IsPending)
        {
            session.CompletePending(wait: true);
        }

        return _foundAt == address;
    }

    private void Remember(ReadOnlySpan<byte> key, long address)
    {
        if (_keys.Length - _keysUsed < key.Length)
        {
            Array.Resize(ref _keys, (_keys.Length * 2) + key.Length);
        }

        key.CopyTo(_keys.AsSpan(_keysUsed));
        _asked.Add((_keysUsed, key.Length, address));
        _keysUsed += key.Length;
    }

    // FASTER documents the option and reads it, but 2.6.5, its last release, offers no public way to set it.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_StopAddress")]
    private static extern void SetStopAddress(ref ReadOptions options, long address);

    void IStateReader.OnValue(int token, ReadOnlySpan<byte> value)
    {
        if (token == Single)
        {
            _foundAt = functions.Address;
        }
        else
        {
            _isSuperseded[token] = true;
        }
    }
}
