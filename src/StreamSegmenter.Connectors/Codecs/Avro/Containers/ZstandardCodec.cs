using System.Buffers;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace StreamSegmenter.Connectors.Codecs.Avro.Containers;

/// <summary>RFC 8878.</summary>
internal sealed class ZstandardCodec : ContainerCodec
{
    // How much the library may allocate for one frame: 2^26 bytes.
    private const int WindowLogMax = 26;

    private readonly Decompressor _decompressor = new();

    public ZstandardCodec() => _decompressor.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, WindowLogMax);

    public override string? Decompress(BlockBuffer stored, BlockBuffer block, int bytesMax)
    {
        ReadOnlySpan<byte> rest = stored.Written;
        _decompressor.ResetStream();
        var status = OperationStatus.NeedMoreData;
        while (!rest.IsEmpty || status != OperationStatus.Done)
        {
            int consumed;
            int written;
            try
            {
                status = _decompressor.UnwrapStream(rest, block.Room(), out consumed, out written);
            }
            catch (ZstdException)
            {
                status = OperationStatus.InvalidData;
                consumed = written = 0;
            }

            if (status == OperationStatus.InvalidData)
            {
                return "the block is not a valid zstandard frame";
            }

            rest = rest[consumed..];
            block.Advance(written);
            if (block.Length > bytesMax)
            {
                return TooLarge(bytesMax);
            }

            if (consumed == 0 && written == 0)
            {
                return "the block's zstandard frame is cut off";
            }
        }

        return null;
    }

    public override void Dispose() => _decompressor.Dispose();
}
