using System.Buffers;
using System.Security.Cryptography;
using StreamSegmenter.Connectors.Codecs.Avro.Binary;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Connectors.Codecs.Avro.Containers;

/// <summary>The codecs that are written.</summary>
internal enum AvroWriteCodec : byte
{
    Null,
    Deflate,
}

/// <summary>
/// Writes a container file. Its bytes depend on the schema, the codec and the records alone: the sync marker is derived from
/// the header, so that a replay writes the same file. Not thread-safe.
/// </summary>
internal sealed class AvroContainerWriter : IDisposable
{
    private const int BlockBytesTarget = 64 << 10;

    private readonly Stream _stream;
    private readonly AvroWriteCodec _codec;
    private readonly byte[] _syncMarker;
    private readonly ArrayBufferWriter<byte> _block = new(BlockBytesTarget);
    private readonly ArrayBufferWriter<byte> _framing = new();
    private readonly MemoryStream _compressed = new();
    private long _records;

    /// <summary>Writes the header. The stream stays the caller's to dispose of, after the writer.</summary>
    public AvroContainerWriter(Stream stream, AvroSchema schema, AvroWriteCodec codec)
    {
        _stream = stream;
        _codec = codec;
        string codecName = codec == AvroWriteCodec.Deflate ? ContainerCodec.Deflate : ContainerCodec.Null;
        var header = new AvroWriter(_framing);
        header.WriteFixed(ContainerHeader.Magic);
        header.WriteBlock(2);
        header.WriteString(ContainerHeader.CodecKey);
        header.WriteString(codecName);
        header.WriteString(ContainerHeader.SchemaKey);
        header.WriteString(schema.Text);
        header.WriteEnd();
        _syncMarker = SHA256.HashData(_framing.WrittenSpan)[..ContainerHeader.SyncMarkerBytes];
        header.WriteFixed(_syncMarker);
        _stream.Write(_framing.WrittenSpan);
    }

    /// <summary>Where the next record is to be written, by an <see cref="AvroWriter"/>; <see cref="EndRecord"/>
    /// follows.</summary>
    public ArrayBufferWriter<byte> Record => _block;

    /// <summary>Ends a record; a full block goes to the stream.</summary>
    public void EndRecord()
    {
        _records++;
        if (_block.WrittenCount >= BlockBytesTarget)
        {
            Flush();
        }
    }

    /// <summary>Ends the current block, if it holds a record, and flushes the stream.</summary>
    public void Flush()
    {
        if (_records > 0)
        {
            ReadOnlySpan<byte> stored = Compress();
            _framing.ResetWrittenCount();
            var framing = new AvroWriter(_framing);
            framing.WriteLong(_records);
            framing.WriteLong(stored.Length);
            _stream.Write(_framing.WrittenSpan);
            _stream.Write(stored);
            _stream.Write(_syncMarker);
            _block.ResetWrittenCount();
            _records = 0;
        }

        _stream.Flush();
    }

    public void Dispose()
    {
        Flush();
        _compressed.Dispose();
    }

    private ReadOnlySpan<byte> Compress()
    {
        if (_codec == AvroWriteCodec.Null)
        {
            return _block.WrittenSpan;
        }

        _compressed.SetLength(0);
        DeflateCodec.Compress(_block.WrittenSpan, _compressed);
        return _compressed.GetBuffer().AsSpan(0, (int)_compressed.Length);
    }
}
