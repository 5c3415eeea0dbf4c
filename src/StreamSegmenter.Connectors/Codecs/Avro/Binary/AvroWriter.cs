using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace StreamSegmenter.Connectors.Codecs.Avro.Binary;

/// <summary>
/// Writes Avro's binary encoding to a buffer. It knows no schema: the caller writes a record's fields in the schema's
/// order. A collection is written as one block: <see cref="WriteBlock"/> with its count, the items, <see cref="WriteEnd"/>.
/// </summary>
internal readonly struct AvroWriter(IBufferWriter<byte> output)
{
    private const int VarintBytesMax = 10;

    public void WriteBoolean(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    public void WriteInt(int value) => WriteLong(value);

    /// <summary>A zigzag varint.</summary>
    public void WriteLong(long value)
    {
        ulong raw = unchecked((ulong)((value << 1) ^ (value >> 63)));
        Span<byte> span = output.GetSpan(VarintBytesMax);
        int length = 0;
        while (raw >= 0x80)
        {
            span[length++] = (byte)((raw & 0x7f) | 0x80);
            raw >>= 7;
        }

        span[length++] = (byte)raw;
        output.Advance(length);
    }

    public void WriteFloat(float value)
    {
        BinaryPrimitives.WriteSingleLittleEndian(output.GetSpan(sizeof(float)), value);
        output.Advance(sizeof(float));
    }

    public void WriteDouble(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(output.GetSpan(sizeof(double)), value);
        output.Advance(sizeof(double));
    }

    /// <summary>Bytes, or a string that is UTF-8 already: a length and the bytes.</summary>
    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        WriteLong(value.Length);
        output.Write(value);
    }

    public void WriteString(ReadOnlySpan<char> value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        WriteLong(length);
        if (length > 0)
        {
            Encoding.UTF8.GetBytes(value, output.GetSpan(length));
            output.Advance(length);
        }
    }

    /// <summary>Bytes with no length before them.</summary>
    public void WriteFixed(ReadOnlySpan<byte> value) => output.Write(value);

    /// <summary>The position of the branch whose value follows.</summary>
    public void WriteUnionIndex(int index) => WriteLong(index);

    /// <summary>An enum's symbol by its position.</summary>
    public void WriteEnum(int ordinal) => WriteLong(ordinal);

    /// <summary>Announces the items that follow. Nothing is written for none, since a count of 0 is the end.</summary>
    public void WriteBlock(int count)
    {
        if (count > 0)
        {
            WriteLong(count);
        }
    }

    /// <summary>Ends an array or a map.</summary>
    public void WriteEnd() => WriteByte(0);

    private void WriteByte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }
}
