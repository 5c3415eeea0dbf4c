using System.Buffers.Binary;
using System.IO.Hashing;

namespace StreamSegmenter.Connectors.Codecs.Avro.Containers;

/// <summary>
/// Snappy's raw format followed by a CRC-32, big-endian, of the uncompressed bytes. Raw format: the uncompressed length as
/// a varint, then elements. An element's first byte holds its kind in two bits: 00 a literal, 01, 10, 11 a copy from 1, 2
/// or 4 bytes of offset back.
/// </summary>
internal sealed class SnappyCodec : ContainerCodec
{
    private const int ChecksumBytes = sizeof(uint);
    private const int LengthBytesMax = 5;
    private const int Malformed = -1;

    public override string? Decompress(BlockBuffer stored, BlockBuffer block, int bytesMax)
    {
        ReadOnlySpan<byte> input = stored.Written;
        if (input.Length < ChecksumBytes)
        {
            return "the block is too short for its checksum";
        }

        // The library allocates what the length claims before it reads an element, and takes a last element that is cut off for the
        // end. So the elements are measured first.
        ReadOnlySpan<byte> compressed = input[..^ChecksumBytes];
        ReadOnlySpan<byte> elements = compressed;
        if (!TryReadLength(ref elements, out long length) || length != Measure(elements))
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
        return Crc32.HashToUInt32(output) == BinaryPrimitives.ReadUInt32BigEndian(input[^ChecksumBytes..])
            ? null
            : "the block's CRC-32 does not match; the file is damaged";
    }

    private static bool TryReadLength(ref ReadOnlySpan<byte> input, out long length)
    {
        length = 0;
        for (int i = 0; i < Math.Min(input.Length, LengthBytesMax); i++)
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

    /// <summary>How many bytes the elements expand to, <see cref="Malformed"/> when the last is cut off.</summary>
    private static long Measure(ReadOnlySpan<byte> elements)
    {
        long total = 0;
        while (!elements.IsEmpty)
        {
            int tag = elements[0];
            int kind = tag & 3;
            int operandBytes = kind switch { 0 => Math.Max(0, (tag >> 2) - 59), 1 => 1, 2 => 2, _ => 4 };
            if (operandBytes >= elements.Length)
            {
                return Malformed;
            }

            long length = kind == 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
            if (kind == 0 && operandBytes > 0)
            {
                length = 1L + ReadOperand(elements.Slice(1, operandBytes));
            }

            elements = elements[(1 + operandBytes)..];
            long stored = kind == 0 ? length : 0;
            if (stored > elements.Length)
            {
                return Malformed;
            }

            elements = elements[(int)stored..];
            total += length;
        }

        return total;
    }

    private static uint ReadOperand(ReadOnlySpan<byte> bytes)
    {
        uint operand = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            operand |= (uint)bytes[i] << (8 * i);
        }

        return operand;
    }

    private static bool TryExpand(ReadOnlySpan<byte> compressed, Span<byte> output)
    {
        try
        {
            return Snappier.Snappy.TryDecompress(compressed, output, out int written) && written == output.Length;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
