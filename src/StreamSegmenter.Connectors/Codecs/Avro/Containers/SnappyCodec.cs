using System.Buffers.Binary;

namespace StreamSegmenter.Connectors.Codecs.Avro.Containers;

/// <summary>
/// Snappy's raw format followed by a CRC-32, big-endian, of the uncompressed bytes. Raw format: the uncompressed length as
/// a varint, then elements. An element's first byte holds its kind in two bits: 00 a literal, 01, 10, 11 a copy from 1, 2
/// or 4 bytes of offset back. A copy may overlap what it writes, which repeats it.
/// </summary>
internal sealed class SnappyCodec : ContainerCodec
{
    private const int ChecksumBytes = sizeof(uint);

    // The best an element can do is 64 bytes out of 3: a larger claim is a lie, refused before anything is allocated.
    private const int ExpansionMax = 22;

    public override string? Decompress(BlockBuffer stored, BlockBuffer block, int bytesMax)
    {
        ReadOnlySpan<byte> input = stored.Written;
        if (input.Length < ChecksumBytes)
        {
            return "the block is too short for its checksum";
        }

        ReadOnlySpan<byte> compressed = input[..^ChecksumBytes];
        if (!TryReadLength(ref compressed, out long length) || length > (long)ExpansionMax * input.Length)
        {
            return "the block is not valid snappy: its length is wrong";
        }

        if (length > bytesMax)
        {
            return TooLarge(bytesMax);
        }

        Span<byte> output = block.Room(Math.Max(1, (int)length))[..(int)length];
        if (!TryExpand(compressed, output))
        {
            return "the block is not valid snappy";
        }

        block.Advance(output.Length);
        return Crc32.Of(output) == BinaryPrimitives.ReadUInt32BigEndian(input[^ChecksumBytes..])
            ? null
            : "the block's CRC-32 does not match; the file is damaged";
    }

    private static bool TryReadLength(ref ReadOnlySpan<byte> input, out long length)
    {
        length = 0;
        for (int i = 0; i < Math.Min(input.Length, 5); i++)
        {
            length |= (long)(input[i] & 0x7f) << (7 * i);
            if (input[i] < 0x80)
            {
                input = input[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    private static bool TryExpand(ReadOnlySpan<byte> input, Span<byte> output)
    {
        int written = 0;
        while (!input.IsEmpty)
        {
            int tag = input[0];
            int kind = tag & 3;
            int extra = kind switch { 0 => LiteralExtra(tag), 1 => 1, 2 => 2, _ => 4 };
            if (input.Length <= extra)
            {
                return false;
            }

            uint operand = ReadOperand(input.Slice(1, extra));
            input = input[(1 + extra)..];
            long length = kind switch
            {
                0 => 1L + (extra == 0 ? (uint)(tag >> 2) : operand),
                1 => 4 + ((tag >> 2) & 7),
                _ => 1 + (tag >> 2),
            };
            long offset = kind == 1 ? ((uint)(tag >> 5) << 8) | operand : operand;
            bool fits = length <= output.Length - written
                && (kind == 0 ? length <= input.Length : offset > 0 && offset <= written);
            if (!fits)
            {
                return false;
            }

            Span<byte> target = output.Slice(written, (int)length);
            if (kind == 0)
            {
                input[..target.Length].CopyTo(target);
                input = input[target.Length..];
            }
            else
            {
                CopyBack(output, written - (int)offset, target);
            }

            written += target.Length;
        }

        return written == output.Length;
    }

    /// <summary>Byte by byte, because the source may run into the target.</summary>
    private static void CopyBack(Span<byte> output, int from, Span<byte> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = output[from + i];
        }
    }

    /// <summary>Literals of up to 60 bytes have their length in the tag, longer ones in 1 to 4 bytes behind it.</summary>
    private static int LiteralExtra(int tag) => Math.Max(0, (tag >> 2) - 59);

    private static uint ReadOperand(ReadOnlySpan<byte> bytes)
    {
        uint operand = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            operand |= (uint)bytes[i] << (8 * i);
        }

        return operand;
    }
}
