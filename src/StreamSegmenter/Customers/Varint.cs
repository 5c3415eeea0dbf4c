using System.Runtime.CompilerServices;

namespace StreamSegmenter.Customers;

/// <summary>Numbers in as few bytes as they need: seven bits a byte, least significant first, the eighth set on all but the last
/// (LEB128). Signed numbers are zigzag-coded before, so that small negative ones are short too.</summary>
internal static class Varint
{
    /// <summary>The longest form of a 64-bit number.</summary>
    public const int BytesMax = 10;

    public static ulong ZigZag(long value) => unchecked((ulong)((value << 1) ^ (value >> 63)));

    public static long UnZigZag(ulong value) => unchecked((long)(value >> 1) ^ -(long)(value & 1));

    /// <summary>Writes a number at the front and moves the span behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(scoped ref Span<byte> to, ulong value)
    {
        if (value < 0x80)
        {
            to[0] = unchecked((byte)value);
            to = to[1..];
            return;
        }

        WriteLong(ref to, value);
    }

    /// <summary>Reads the number at the front and moves the span behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read(scoped ref ReadOnlySpan<byte> from)
    {
        ulong first = from[0];
        if (first < 0x80)
        {
            from = from[1..];
            return first;
        }

        return ReadLong(ref from);
    }

    private static void WriteLong(scoped ref Span<byte> to, ulong value)
    {
        var at = 0;
        for (; value >= 0x80; value >>= 7)
        {
            to[at++] = unchecked((byte)(value | 0x80));
        }

        to[at++] = unchecked((byte)value);
        to = to[at..];
    }

    private static ulong ReadLong(scoped ref ReadOnlySpan<byte> from)
    {
        ulong value = 0;
        for (int at = 0, shift = 0; ; at++, shift += 7)
        {
            var part = from[at];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                from = from[(at + 1)..];
                return value;
            }
        }
    }
}
