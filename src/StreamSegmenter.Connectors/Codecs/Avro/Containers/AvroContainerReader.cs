using StreamSegmenter.Connectors.Codecs.Avro.Binary;
using StreamSegmenter.Connectors.Codecs.Avro.Resolution;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Connectors.Codecs.Avro.Containers;

internal enum AvroReadStatus : byte
{
    /// <summary>The sink received one record.</summary>
    Record,

    /// <summary>The file ended where a block ends.</summary>
    End,

    /// <summary>The file is bad; see <see cref="AvroContainerReader.Error"/>. Nothing more is read from it.</summary>
    Bad,
}

/// <summary>
/// Reads a container file of Avro 1.3 or later, block by block, from any stream. Memory is one block, stored and
/// decompressed, each bounded. Bad files are values; only the stream's own I/O errors are exceptions. Not thread-safe.
/// </summary>
internal sealed class AvroContainerReader : IDisposable
{
    private readonly ContainerSource _source;
    private readonly ContainerHeader _header;
    private readonly ContainerCodec _codec;
    private readonly int _blockBytesMax;
    private readonly BlockBuffer _stored = new();
    private readonly BlockBuffer _block = new();
    private readonly ResolvedNode _skip;
    private long _blockOffset;
    private long _recordsLeft;
    private int _position;
    private long _freeSteps;

    private AvroContainerReader(ContainerSource source, ContainerHeader header, ContainerCodec codec, int blockBytesMax)
    {
        _source = source;
        _header = header;
        _codec = codec;
        _blockBytesMax = blockBytesMax;
        _skip = AvroSkipper.Compile(header.Schema.Root);
    }

    /// <summary>The schema with which the file was written.</summary>
    public AvroSchema Schema => _header.Schema;

    public string CodecName => _header.CodecName;

    public IReadOnlyDictionary<string, byte[]> Metadata => _header.Metadata;

    /// <summary>Blocks read so far.</summary>
    public int BlockCount { get; private set; }

    /// <summary>Why the file is bad, with an offset into it; within compressed blocks that of the block.</summary>
    public AvroError Error { get; private set; }

    /// <summary>Reads the header. The stream stays the caller's to dispose of.</summary>
    public static bool TryOpen(
        Stream stream, out AvroContainerReader? reader, out AvroError error, int blockBytesMax = AvroLimits.BlockBytesMax)
    {
        reader = null;
        var source = new ContainerSource(stream);
        if (!ContainerHeader.TryRead(source, out ContainerHeader? header))
        {
            error = source.Error;
            return false;
        }

        if (!ContainerCodec.TryCreate(header!.CodecName, out ContainerCodec? codec, out error))
        {
            return false;
        }

        reader = new AvroContainerReader(source, header, codec!, blockBytesMax);
        return true;
    }

    /// <summary>Decodes the next record. Spans handed to the sink are valid until the next call.</summary>
    /// <param name="decoder">Compiled with <see cref="Schema"/> as its writer.</param>
    /// <param name="sink">Receives the record; holds a part of it when the status is bad.</param>
    public AvroReadStatus Read<TSink>(AvroDecoder decoder, ref TSink sink)
        where TSink : struct, IAvroSink, allows ref struct
    {
        AvroReadStatus status = NextRecord();
        if (status != AvroReadStatus.Record)
        {
            return status;
        }

        var reader = new AvroReader(_block.Written, _position, _freeSteps);
        return decoder.TryDecode(ref reader, ref sink, out AvroError error) ? EndRecord(in reader) : RefuseRecord(error);
    }

    /// <summary>Finds the next record's bytes, valid until the next call, without decoding it.</summary>
    public AvroReadStatus ReadBytes(out ReadOnlySpan<byte> record)
    {
        record = default;
        AvroReadStatus status = NextRecord();
        if (status != AvroReadStatus.Record)
        {
            return status;
        }

        int start = _position;
        var reader = new AvroReader(_block.Written, _position, _freeSteps);
        if (!AvroSkipper.TrySkip(_skip, ref reader))
        {
            return RefuseRecord(reader.Error);
        }

        record = _block.Written[start..reader.Position];
        return EndRecord(in reader);
    }

    public void Dispose()
    {
        _codec.Dispose();
        _stored.Dispose();
        _block.Dispose();
    }

    private AvroReadStatus NextRecord()
    {
        AvroReadStatus status = Error.IsNone ? AvroReadStatus.Record : AvroReadStatus.Bad;
        while (status == AvroReadStatus.Record && _recordsLeft == 0)
        {
            status = NextBlock();
        }

        return status;
    }

    private AvroReadStatus EndRecord(in AvroReader reader)
    {
        _position = reader.Position;
        _freeSteps = reader.FreeSteps;
        _recordsLeft--;
        return _recordsLeft > 0 || reader.Remaining == 0
            ? AvroReadStatus.Record
            : Refuse(
                AvroFault.TrailingBytes,
                _blockOffset,
                $"the block that starts here holds {reader.Remaining} bytes beyond its records");
    }

    private AvroReadStatus RefuseRecord(AvroError error) =>
        Refuse(error.Fault, _blockOffset, $"in the block that starts here, uncompressed {error}");

    private AvroReadStatus NextBlock()
    {
        if (_source.AtEnd)
        {
            return AvroReadStatus.End;
        }

        _blockOffset = _source.Offset;
        _stored.Clear();
        _block.Clear();
        if (!TryReadStored(out long records))
        {
            Error = _source.Error;
            return AvroReadStatus.Bad;
        }

        if (_codec.Decompress(_stored, _block, _blockBytesMax) is { } reason)
        {
            return Refuse(AvroFault.BlockCorrupt, _blockOffset, $"{reason} (codec {CodecName}, {_stored.Length} bytes stored)");
        }

        // Records of no size are bounded like items of no size.
        int recordBytesMin = Schema.EncodedBytesMin;
        long recordsMax = recordBytesMin == 0 ? AvroLimits.FreeStepsBase : _block.Length / recordBytesMin;
        if (records > recordsMax || (records == 0 && _block.Length > 0))
        {
            return Refuse(
                AvroFault.CountExceedsInput,
                _blockOffset,
                $"a block of {_block.Length} bytes cannot hold exactly {records} records");
        }

        _recordsLeft = records;
        _position = 0;
        _freeSteps = new AvroReader(_block.Written).FreeSteps;
        BlockCount++;
        return AvroReadStatus.Record;
    }

    private bool TryReadStored(out long records)
    {
        if (!_source.TryReadLong(out records) || !_source.TryReadLong(out long size))
        {
            return false;
        }

        if (records < 0 || size < 0 || size > _blockBytesMax)
        {
            return _source.Fail(
                size > _blockBytesMax ? AvroFault.BlockTooLarge : AvroFault.LengthNegative,
                _blockOffset,
                $"a block announces {records} records in {size} bytes; the limit is {_blockBytesMax} bytes");
        }

        Span<byte> sync = stackalloc byte[ContainerHeader.SyncMarkerBytes];
        if (!_source.TryReadInto(_stored, (int)size) || !_source.TryReadExactly(sync))
        {
            return false;
        }

        return sync.SequenceEqual(_header.SyncMarker) || _source.Fail(
            AvroFault.SyncMarkerMismatch,
            _source.Offset - sync.Length,
            "the bytes after a block are not the file's sync marker; the file is damaged between the last block and here");
    }

    private AvroReadStatus Refuse(AvroFault fault, long offset, string detail)
    {
        Error = new AvroError(fault, offset, detail);
        return AvroReadStatus.Bad;
    }
}
