using System.Buffers;
using System.Buffers.Binary;
using StreamSegmenter.Connectors.Codecs.Avro.Binary;

namespace StreamSegmenter.Connectors.Codecs.Avro.Framing;

/// <summary>
/// How a single value names the schema that wrote it. Confluent: a byte 0, the schema's registry id in 4 bytes big-endian, the value.
/// Single-object encoding: the bytes C3 01, the schema's CRC-64-AVRO fingerprint in 8 bytes little-endian, the value.
/// </summary>
internal static class AvroFraming
{
    public const int ConfluentHeaderBytes = 5;
    public const int SingleObjectHeaderBytes = 10;

    private const byte ConfluentMagic = 0;

    private static ReadOnlySpan<byte> SingleObjectMagic => [0xC3, 0x01];

    public static bool TryReadConfluent(
        ReadOnlySpan<byte> data, out int schemaId, out ReadOnlySpan<byte> payload, out AvroError error)
    {
        error = default;
        if (data.Length >= ConfluentHeaderBytes && data[0] == ConfluentMagic)
        {
            schemaId = BinaryPrimitives.ReadInt32BigEndian(data[1..]);
            payload = data[ConfluentHeaderBytes..];
            return true;
        }

        schemaId = 0;
        payload = default;
        error = new AvroError(AvroFault.FramingInvalid, 0, data.Length < ConfluentHeaderBytes
            ? $"a record in Confluent framing has at least {ConfluentHeaderBytes} bytes, this one {data.Length}"
            : data.StartsWith(SingleObjectMagic)
                ? "the record is in single-object encoding, not in Confluent framing; set the input's framing to single-object"
                : $"the record starts with byte {data[0]:x2}, not with the 00 of Confluent framing; is it JSON?");
        return false;
    }

    public static bool TryReadSingleObject(
        ReadOnlySpan<byte> data, out ulong fingerprint, out ReadOnlySpan<byte> payload, out AvroError error)
    {
        error = default;
        if (data.Length >= SingleObjectHeaderBytes && data.StartsWith(SingleObjectMagic))
        {
            fingerprint = BinaryPrimitives.ReadUInt64LittleEndian(data[SingleObjectMagic.Length..]);
            payload = data[SingleObjectHeaderBytes..];
            return true;
        }

        fingerprint = 0;
        payload = default;
        error = new AvroError(AvroFault.FramingInvalid, 0, data.Length < SingleObjectHeaderBytes
            ? $"a record in single-object encoding has at least {SingleObjectHeaderBytes} bytes, this one {data.Length}"
            : data[0] == ConfluentMagic
                ? "the record is in Confluent framing, not in single-object encoding; set the input's framing to confluent"
                : $"the record starts with bytes {data[0]:x2} {data[1]:x2}, not with the C3 01 of single-object encoding");
        return false;
    }

    public static void WriteConfluent(IBufferWriter<byte> output, int schemaId)
    {
        Span<byte> header = output.GetSpan(ConfluentHeaderBytes);
        header[0] = ConfluentMagic;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], schemaId);
        output.Advance(ConfluentHeaderBytes);
    }

    public static void WriteSingleObject(IBufferWriter<byte> output, ulong fingerprint)
    {
        Span<byte> header = output.GetSpan(SingleObjectHeaderBytes);
        SingleObjectMagic.CopyTo(header);
        BinaryPrimitives.WriteUInt64LittleEndian(header[SingleObjectMagic.Length..], fingerprint);
        output.Advance(SingleObjectHeaderBytes);
    }
}
