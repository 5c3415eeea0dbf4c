using System.Runtime.InteropServices;

namespace StreamSegmenter.Connectors.Codecs.Avro.Containers;

/// <summary>
/// RFC 8878 through the system's libzstd, when there is one: the runtime has no decoder, and the format is too large to write one
/// for a convenience. (librdkafka needs the same library for Kafka's own compression.)
/// </summary>
internal sealed unsafe class ZstandardCodec : ContainerCodec
{
    // ZSTD_d_windowLogMax: how much the library may allocate for one frame, 2^26 bytes.
    private const int WindowLogMaxParameter = 100;
    private const int WindowLogMax = 26;

    private static readonly Lazy<NativeLibraryTable?> Library = new(NativeLibraryTable.Load);

    private readonly NativeLibraryTable _native;
    private nint _context;

    private ZstandardCodec(NativeLibraryTable native)
    {
        _native = native;
        _context = native.CreateContext();
    }

    ~ZstandardCodec() => Free();

    public static ZstandardCodec? CreateIfAvailable() => Library.Value is { } native ? new ZstandardCodec(native) : null;

    public override string? Decompress(BlockBuffer stored, BlockBuffer block, int bytesMax)
    {
        ReadOnlySpan<byte> input = stored.Written;
        _native.Reset(_context, WindowLogMaxParameter, WindowLogMax);
        fixed (byte* source = input)
        {
            var from = new NativeBuffer { Bytes = source, Size = (nuint)input.Length };
            nuint hint = 1;
            while (from.Position < from.Size || hint != 0)
            {
                Span<byte> room = block.Room();
                nuint consumed = from.Position;
                fixed (byte* target = room)
                {
                    var to = new NativeBuffer { Bytes = target, Size = (nuint)room.Length };
                    hint = _native.Decompress(_context, &to, &from);
                    if (_native.IsError(hint))
                    {
                        return "the block is not a valid zstandard frame";
                    }

                    block.Advance((int)to.Position);
                    if (block.Length > bytesMax)
                    {
                        return TooLarge(bytesMax);
                    }

                    if (to.Position == 0 && from.Position == consumed)
                    {
                        return "the block's zstandard frame is cut off";
                    }
                }
            }
        }

        return null;
    }

    public override void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_context != 0)
        {
            _native.FreeContext(_context);
            _context = 0;
        }
    }

    /// <summary>ZSTD_inBuffer and ZSTD_outBuffer, which have the same layout.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct NativeBuffer
    {
        public byte* Bytes;
        public nuint Size;
        public nuint Position;
    }

    private sealed class NativeLibraryTable(nint handle)
    {
        private readonly nint _create = NativeLibrary.GetExport(handle, "ZSTD_createDCtx");
        private readonly nint _free = NativeLibrary.GetExport(handle, "ZSTD_freeDCtx");
        private readonly nint _reset = NativeLibrary.GetExport(handle, "ZSTD_DCtx_reset");
        private readonly nint _set = NativeLibrary.GetExport(handle, "ZSTD_DCtx_setParameter");
        private readonly nint _decompress = NativeLibrary.GetExport(handle, "ZSTD_decompressStream");
        private readonly nint _isError = NativeLibrary.GetExport(handle, "ZSTD_isError");

        public static NativeLibraryTable? Load()
        {
            foreach (string name in (ReadOnlySpan<string>)["libzstd.so.1", "libzstd.1.dylib", "libzstd"])
            {
                if (NativeLibrary.TryLoad(name, out nint handle)
                    && NativeLibrary.TryGetExport(handle, "ZSTD_DCtx_setParameter", out _))
                {
                    return new NativeLibraryTable(handle);
                }
            }

            return null;
        }

        public nint CreateContext() => ((delegate* unmanaged<nint>)_create)();

        public void FreeContext(nint context) => ((delegate* unmanaged<nint, nuint>)_free)(context);

        public void Reset(nint context, int parameter, int value)
        {
            const int SessionAndParameters = 3;
            ((delegate* unmanaged<nint, int, nuint>)_reset)(context, SessionAndParameters);
            ((delegate* unmanaged<nint, int, int, nuint>)_set)(context, parameter, value);
        }

        public nuint Decompress(nint context, NativeBuffer* to, NativeBuffer* from) =>
            ((delegate* unmanaged<nint, NativeBuffer*, NativeBuffer*, nuint>)_decompress)(context, to, from);

        public bool IsError(nuint result) => ((delegate* unmanaged<nuint, uint>)_isError)(result) != 0;
    }
}
