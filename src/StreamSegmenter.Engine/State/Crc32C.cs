using System.Buffers.Binary;
using System.Numerics;

namespace StreamSegmenter.Engine.State;

/// <summary>CRC-32C (Castagnoli), the checksum of everything that the engine keeps on disk: the processor computes it, eight bytes
/// at a time. Any one wrong byte, and any burst of up to 32 wrong bits, changes it.</summary>
internal static class Crc32C
{
    /// <summary>The checksum of no bytes: where a running one begins.</summary>
    public const uint None = 0;

    public static uint Of(ReadOnlySpan<byte> bytes) => Append(None, bytes);

    /// <summary>The checksum of what <paramref name="crc"/> is of, followed by <paramref name="bytes"/>.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var last in bytes)
        {
            crc = BitOperations.Crc32C(crc, last);
        }

        return ~crc;
    }
}
