using System.Buffers.Binary;

namespace StreamSegmenter.Connectors.Codecs.Avro.Inputs;

/// <summary>The logical type decimal: a two's-complement number, big-endian, to be divided by ten to the power of its
/// scale.</summary>
internal static class AvroDecimal
{
    private const int BytesMax = 16;

    /// <summary>Writes it as plain digits with a point, exactly. False for more than 16 bytes: no price has them.</summary>
    public static bool TryFormat(ReadOnlySpan<byte> unscaled, int scale, Span<byte> text, out int length)
    {
        length = 0;
        if (unscaled.IsEmpty || unscaled.Length > BytesMax || scale > text.Length / 2)
        {
            return false;
        }

        Span<byte> wide = stackalloc byte[BytesMax];
        bool isNegative = unscaled[0] >= 0x80;
        wide.Fill(isNegative ? (byte)0xff : (byte)0);
        unscaled.CopyTo(wide[^unscaled.Length..]);
        UInt128 magnitude = BinaryPrimitives.ReadUInt128BigEndian(wide);
        magnitude = isNegative ? unchecked(~magnitude + 1) : magnitude;

        // Digits from the last to the first: at least one before the point.
        Span<byte> reversed = stackalloc byte[text.Length];
        int digits = 0;
        while (magnitude > 0 || digits <= scale)
        {
            if (length + 2 >= reversed.Length)
            {
                return false;
            }

            if (digits == scale && scale > 0)
            {
                reversed[length++] = (byte)'.';
            }

            reversed[length++] = (byte)('0' + (int)(magnitude % 10));
            magnitude /= 10;
            digits++;
        }

        if (isNegative)
        {
            reversed[length++] = (byte)'-';
        }

        reversed[..length].Reverse();
        reversed[..length].CopyTo(text);
        return true;
    }
}
