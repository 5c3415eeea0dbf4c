using System.Text;
using StreamSegmenter.Connectors.Codecs.Avro.Binary;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Connectors.Codecs.Avro.Containers;

/// <summary>
/// The start of a container file: "Obj" and format 1; a map of metadata, which holds the schema's text and the codec's
/// name; 16 bytes that end every block.
/// </summary>
internal sealed record ContainerHeader(
    AvroSchema Schema, string CodecName, IReadOnlyDictionary<string, byte[]> Metadata, byte[] SyncMarker)
{
    public const int SyncMarkerBytes = 16;
    public const string SchemaKey = "avro.schema";
    public const string CodecKey = "avro.codec";

    public static ReadOnlySpan<byte> Magic => "Obj\u0001"u8;

    public static bool TryRead(ContainerSource source, out ContainerHeader? header)
    {
        header = null;
        var metadata = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var sync = new byte[SyncMarkerBytes];
        if (!TryReadMagic(source) || !TryReadMetadata(source, metadata) || !source.TryReadExactly(sync))
        {
            return false;
        }

        if (!metadata.TryGetValue(SchemaKey, out byte[]? schemaText))
        {
            return source.Fail(AvroFault.SchemaInvalid, source.Offset, $"the header's metadata has no '{SchemaKey}'");
        }

        if (!AvroSchema.TryParse(Encoding.UTF8.GetString(schemaText), out AvroSchema? schema, out AvroSchemaError bad))
        {
            return source.Fail(AvroFault.SchemaInvalid, source.Offset, $"the schema in the header is not valid: {bad}");
        }

        string codec = metadata.TryGetValue(CodecKey, out byte[]? name) ? Encoding.UTF8.GetString(name) : ContainerCodec.Null;
        header = new ContainerHeader(schema!, codec, metadata, sync);
        return true;
    }

    private static bool TryReadMagic(ContainerSource source)
    {
        Span<byte> magic = stackalloc byte[4];
        if (!source.TryReadExactly(magic))
        {
            return source.Fail(
                AvroFault.ContainerInvalid, 0, "not an Avro container file: it is shorter than the four bytes that start one");
        }

        if (magic.SequenceEqual(Magic))
        {
            return true;
        }

        // Before Avro 1.3 the schema stood at the end of the file and the format's number was 0.
        return magic.StartsWith("Obj"u8)
            ? source.Fail(
                AvroFault.ContainerFormatOld,
                3,
                $"container format {magic[3]} is not supported, only format 1 (Avro 1.3 and later); "
                + "rewrite a file of format 0 with the tools of the Avro release that wrote it")
            : source.Fail(
                AvroFault.ContainerInvalid, 0, "not an Avro container file: it does not start with 'Obj' and the number 1");
    }

    private static bool TryReadMetadata(ContainerSource source, Dictionary<string, byte[]> metadata)
    {
        while (true)
        {
            long start = source.Offset;
            if (!source.TryReadLong(out long count))
            {
                return false;
            }

            if (count == 0)
            {
                return true;
            }

            if (count < 0 && !source.TryReadLong(out _))
            {
                return false;
            }

            // Each entry takes at least two bytes, and the header as a whole is bounded below.
            if (count is < -AvroLimits.HeaderBytesMax or > AvroLimits.HeaderBytesMax)
            {
                return source.Fail(AvroFault.CountExceedsInput, start, $"the header announces {count} entries of metadata");
            }

            for (long i = Math.Abs(count); i > 0; i--)
            {
                if (!TryReadBytes(source, out byte[] key) || !TryReadBytes(source, out byte[] value))
                {
                    return false;
                }

                metadata[Encoding.UTF8.GetString(key)] = value;
            }
        }
    }

    private static bool TryReadBytes(ContainerSource source, out byte[] bytes)
    {
        bytes = [];
        long start = source.Offset;
        if (!source.TryReadLong(out long length))
        {
            return false;
        }

        if (length < 0 || start + length > AvroLimits.HeaderBytesMax)
        {
            return source.Fail(
                length < 0 ? AvroFault.LengthNegative : AvroFault.LengthExceedsInput,
                start,
                $"the header's metadata announces {length} bytes; a header may have {AvroLimits.HeaderBytesMax}");
        }

        using var buffer = new BlockBuffer();
        if (!source.TryReadInto(buffer, (int)length))
        {
            return false;
        }

        bytes = buffer.Written.ToArray();
        return true;
    }
}
