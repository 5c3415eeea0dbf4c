using StreamSegmenter.Connectors.Codecs.Avro.Binary;
using StreamSegmenter.Connectors.Codecs.Avro.Containers;
using StreamSegmenter.Connectors.Codecs.Avro.Inputs;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Connectors.Files;

/// <summary>Walks a container file's records for those who read files. A record's number is its ordinal in the file, from
/// 1.</summary>
internal sealed class AvroContainerRecords : IFileRecordReader
{
    private readonly Stream _stream;
    private readonly AvroContainerReader _container;
    private byte[] _record = [];
    private int _length;

    private AvroContainerRecords(Stream stream, AvroContainerReader container)
    {
        _stream = stream;
        _container = container;
    }

    /// <summary>The schema with which to make an <see cref="AvroEventDecoder"/>.</summary>
    public AvroSchema Schema => _container.Schema;

    public long Number { get; private set; }

    public ReadOnlySpan<byte> Bytes => _record.AsSpan(0, _length);

    /// <summary>Always null: a container's damage leaves no next record.</summary>
    public string? Fault => null;

    /// <summary>Reads the header. The stream is disposed with the reader, or at once when there is none.</summary>
    /// <exception cref="InvalidDataException">The file is no container, or cannot be read; the message has the reason.</exception>
    public static AvroContainerRecords Open(Stream stream)
    {
        if (AvroContainerReader.TryOpen(stream, out AvroContainerReader? container, out AvroError error))
        {
            return new AvroContainerRecords(stream, container!);
        }

        stream.Dispose();
        throw new InvalidDataException(error.ToString());
    }

    public bool Read()
    {
        switch (_container.ReadBytes(out ReadOnlySpan<byte> record))
        {
            case AvroReadStatus.Record:
                Keep(record);
                Number++;
                return true;
            case AvroReadStatus.End:
                return false;
            default:
                throw new InvalidDataException(_container.Error.ToString());
        }
    }

    public void Dispose()
    {
        _container.Dispose();
        _stream.Dispose();
    }

    private void Keep(ReadOnlySpan<byte> record)
    {
        if (_record.Length < record.Length)
        {
            _record = new byte[Math.Max(record.Length, _record.Length * 2)];
        }

        record.CopyTo(_record);
        _length = record.Length;
    }
}
