using System.Buffers.Binary;

namespace StreamSegmenter.Events;

/// <summary>A 64-bit hash of a customer key (multiply-and-fold over 8-byte words, then a finaliser). Used for routing
/// files to shards and for hash tables; equal on every machine and for ever, since a replay's shards depend on it.</summary>
public static class KeyHash
{
    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;

    public static ulong Of(ReadOnlySpan<byte> key)
    {
        unchecked
        {
            var hash = (ulong)key.Length * Multiplier;
            while (key.Length >= 8)
            {
                hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(key));
                key = key[8..];
            }

            ulong rest = 0;
            for (var i = key.Length - 1; i >= 0; i--)
            {
                rest = (rest << 8) | key[i];
            }

            return Mix(hash ^ rest);
        }
    }

    /// <summary>The same, folded into 32 bits, for names that people read.</summary>
    public static uint Short(ReadOnlySpan<byte> key)
    {
        var hash = Of(key);
        return unchecked((uint)(hash ^ (hash >> 32)));
    }

    private static ulong Mix(ulong value)
    {
        unchecked
        {
            var high = Math.BigMul(value ^ (value >> 32), Multiplier, out var low);
            return high ^ low ^ (low >> 29);
        }
    }
}
