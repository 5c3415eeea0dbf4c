using StreamSegmenter.Connectors.Codecs.Avro.Binary;

namespace StreamSegmenter.Connectors.Codecs.Avro.Containers;

/// <summary>Reads a container's outer structure from a stream, buffered, and knows the offset that an error names.</summary>
internal sealed class ContainerSource(Stream stream)
{
    private const int VarintBytesMax = 10;

    private readonly byte[] _buffer = new byte[32 << 10];
    private int _start;
    private int _end;

    /// <summary>Bytes consumed since the stream was opened.</summary>
    public long Offset { get; private set; }

    public AvroError Error { get; private set; }

    /// <summary>True when no byte is left. Reads ahead.</summary>
    public bool AtEnd => !Fill();

    public bool TryReadLong(out long value)
    {
        Span<byte> bytes = stackalloc byte[VarintBytesMax];
        long start = Offset;
        int length = 0;
        do
        {
            if (length == bytes.Length || !TryReadExactly(bytes.Slice(length, 1)))
            {
                value = 0;
                return length == bytes.Length ? Fail(AvroFault.VarintTooLong, start) : false;
            }
        }
        while (bytes[length++] >= 0x80);

        var reader = new AvroReader(bytes[..length]);
        return reader.TryReadLong(out value) || Fail(reader.Error.Fault, start);
    }

    public bool TryReadExactly(Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            if (!Fill())
            {
                return Fail(
                    AvroFault.Truncated, Offset, "the file ends here in the middle of its header or of a block; it was cut off");
            }

            int taken = Math.Min(target.Length, _end - _start);
            _buffer.AsSpan(_start, taken).CopyTo(target);
            Take(taken);
            target = target[taken..];
        }

        return true;
    }

    /// <summary>Appends so many bytes to a buffer that grows only as they arrive.</summary>
    public bool TryReadInto(BlockBuffer target, int bytes)
    {
        while (bytes > 0)
        {
            if (!Fill())
            {
                return Fail(AvroFault.Truncated, Offset, $"the file ends here; {bytes} more bytes of a block were announced");
            }

            int taken = Math.Min(bytes, _end - _start);
            target.Append(_buffer.AsSpan(_start, taken));
            Take(taken);
            bytes -= taken;
        }

        return true;
    }

    public bool Fail(AvroFault fault, long offset, string? detail = null)
    {
        Error = new AvroError(fault, offset, detail);
        return false;
    }

    private void Take(int bytes)
    {
        _start += bytes;
        Offset += bytes;
    }

    private bool Fill()
    {
        if (_start < _end)
        {
            return true;
        }

        _start = 0;
        _end = stream.Read(_buffer);
        return _end > 0;
    }
}
