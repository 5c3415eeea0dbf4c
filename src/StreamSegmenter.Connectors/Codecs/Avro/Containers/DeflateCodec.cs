using System.IO.Compression;

namespace StreamSegmenter.Connectors.Codecs.Avro.Containers;

/// <summary>RFC 1951 with no header and no checksum of its own: damage shows as a bad stream or as bad records.</summary>
internal sealed class DeflateCodec : ContainerCodec
{
    public override string? Decompress(BlockBuffer stored, BlockBuffer block, int bytesMax)
    {
        try
        {
            using var inflater = new DeflateStream(stored.AsStream(), CompressionMode.Decompress);
            int read;
            while ((read = inflater.Read(block.Room())) > 0)
            {
                block.Advance(read);
                if (block.Length > bytesMax)
                {
                    return TooLarge(bytesMax);
                }
            }

            return null;
        }
        catch (InvalidDataException)
        {
            return "the block is not a valid deflate stream";
        }
    }
}
