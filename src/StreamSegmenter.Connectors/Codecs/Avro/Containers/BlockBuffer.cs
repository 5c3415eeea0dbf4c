using System.Buffers;

namespace StreamSegmenter.Connectors.Codecs.Avro.Containers;

/// <summary>A pooled buffer that holds one block and is reused for the next. It grows as bytes arrive, not as lengths
/// claim.</summary>
internal sealed class BlockBuffer : IDisposable
{
    private const int InitialBytes = 64 << 10;

    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Free room behind the written bytes: at least one byte, as much as the buffer has.</summary>
    public Span<byte> Room(int bytesMin = 1)
    {
        if (_bytes.Length - Length < bytesMin)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(InitialBytes, _bytes.Length * 2), Length + bytesMin));
            Written.CopyTo(larger);
            Return();
            _bytes = larger;
        }

        return _bytes.AsSpan(Length);
    }

    public void Advance(int bytes) => Length += bytes;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(Math.Max(1, bytes.Length)));
        Length += bytes.Length;
    }

    /// <summary>A stream over the written bytes.</summary>
    public MemoryStream AsStream() => new(_bytes, 0, Length, writable: false);

    public void Dispose()
    {
        Return();
        _bytes = [];
        Length = 0;
    }

    private void Return()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }
    }
}
