using StreamSegmenter.Connectors.Codecs.Avro.Binary;

namespace StreamSegmenter.Connectors.Codecs.Avro.Containers;

/// <summary>How a container's blocks are compressed. One instance per reader; bad data is a reason, never an exception.</summary>
internal abstract class ContainerCodec : IDisposable
{
    public const string Null = "null";
    public const string Deflate = "deflate";
    public const string Snappy = "snappy";
    public const string Zstandard = "zstandard";

    /// <summary>Decompresses a block. At most <paramref name="bytesMax"/> bytes are written to <paramref name="block"/>,
    /// which is empty.</summary>
    /// <returns>Null when all is well, else what is wrong.</returns>
    public abstract string? Decompress(BlockBuffer stored, BlockBuffer block, int bytesMax);

    public virtual void Dispose()
    {
    }

    public static bool TryCreate(string name, out ContainerCodec? codec, out AvroError error)
    {
        error = default;
        codec = name switch
        {
            Null => new StoredCodec(),
            Deflate => new DeflateCodec(),
            Snappy => new SnappyCodec(),
            Zstandard => new ZstandardCodec(),
            _ => null,
        };
        if (codec is not null)
        {
            return true;
        }

        error = new AvroError(AvroFault.CodecUnknown, 0, $"the codec '{name}' is not supported; recompress the file with "
            + $"{Null}, {Deflate}, {Snappy} or {Zstandard} (avro-tools recodec)");
        return false;
    }

    protected static string TooLarge(int bytesMax) => $"the block decompresses to more than the limit of {bytesMax} bytes";

    private sealed class StoredCodec : ContainerCodec
    {
        public override string? Decompress(BlockBuffer stored, BlockBuffer block, int bytesMax)
        {
            block.Append(stored.Written);
            return null;
        }
    }
}
