using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Connectors.Codecs.Avro.Inputs;
using StreamSegmenter.Connectors.Codecs.Csv;
using StreamSegmenter.Connectors.Codecs.Json;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Files;

/// <summary>The events of one file, in portions: records in, decoded, those that cannot be read to the dead letters with their
/// line number. Every event has partition 0; the reader of files routes by the key's hash. One thread.</summary>
internal sealed class FileEventReader : IDisposable
{
    private const int LoadRecords = 4096;
    private const int PortionBytesMax = 64 * 1024 * 1024;

    private readonly IFileRecordReader _records;
    private readonly IRecordDecoder _decoder;
    private readonly FileInput _input;
    private readonly ushort _inputIndex;
    private SortedEvents? _sorted;

    /// <param name="records">The file's records: a container's reader, or a <see cref="LineRecordReader"/>. Disposed with this.</param>
    /// <param name="decoder">Reads what <paramref name="records"/> gives.</param>
    /// <param name="input">Of which the name and the order count here.</param>
    /// <param name="inputIndex">Place of the input in the configuration.</param>
    public FileEventReader(IFileRecordReader records, IRecordDecoder decoder, FileInput input, ushort inputIndex)
    {
        _records = records;
        _decoder = decoder;
        _input = input;
        _inputIndex = inputIndex;
    }

    /// <summary>The number of the record read last; for sorted files the last one of the file.</summary>
    public long Position => _records.Number;

    /// <summary>Opens a file of any format.</summary>
    /// <exception cref="InputFileException">The file cannot be opened, or its columns do not fit the mapping.</exception>
    public static FileEventReader Open(FileInput input, ushort inputIndex, Stream? standardInput = null)
    {
        if (input.Format == RecordFormat.Avro)
        {
            return OpenAvro(input, inputIndex, standardInput);
        }

        if (input.Format == RecordFormat.Json)
        {
            return new FileEventReader(
                OpenJson(InputStreams.Open(input.Path, standardInput), input.RecordBytesMax),
                new JsonEventDecoder(CompiledMapping.Of(input.Mapping)), input, inputIndex);
        }

        var delimiter = input.Csv.Check() is { } problem
            ? throw new InputFileException($"{input.Name}: {problem}")
            : (byte)input.Csv.Delimiter;
        var records = new LineRecordReader(InputStreams.Open(input.Path, standardInput), input.RecordBytesMax, delimiter);
        try
        {
            return new FileEventReader(records, OpenCsv(input, records, CompiledMapping.Of(input.Mapping)), input, inputIndex);
        }
        catch
        {
            records.Dispose();
            throw;
        }
    }

    /// <summary>Appends the events of up to so many further records, fewer when their text passes 64 MiB; with <see cref="FileInput.SortByEventTime"/>, up to so many
    /// further events, and with the first portion all refused records.</summary>
    /// <returns>False when nothing is left behind this portion.</returns>
    /// <exception cref="InputFileException">The file cannot be read on.</exception>
    public bool Read(PolledRecords polled, int recordsMax)
    {
        if (!_input.SortByEventTime)
        {
            return ReadRecords(polled, recordsMax);
        }

        _sorted ??= Load(polled);
        _sorted.Take(polled.Events, recordsMax);
        return !_sorted.IsEmpty;
    }

    /// <summary>How the mapping was used; null for a decoder without one.</summary>
    public MappingUse? Use => (_decoder as IMappedDecoder)?.Use;

    public void Dispose() => _records.Dispose();

    private static IFileRecordReader OpenJson(Stream stream, int recordBytesMax)
    {
        var whole = PrefixedStream.Peek(stream, JsonLayout.BytesNeeded, out var start);
        return JsonLayout.IsLines(start.Span) ? new LineRecordReader(whole, recordBytesMax) : new JsonObjectReader(whole, recordBytesMax);
    }

    private static FileEventReader OpenAvro(FileInput input, ushort inputIndex, Stream? standardInput)
    {
        try
        {
            var records = AvroContainerRecords.Open(InputStreams.Open(input.Path, standardInput, isText: false));
            return new FileEventReader(
                records, new AvroEventDecoder(records.Schema, CompiledMapping.Of(input.Mapping)), input, inputIndex);
        }
        catch (InvalidDataException e)
        {
            throw new InputFileException($"{input.Name}: {e.Message}", e);
        }
    }

    private static CsvEventDecoder OpenCsv(FileInput input, LineRecordReader records, CompiledMapping mapping)
    {
        string problem;
        CsvEventDecoder? decoder;
        if (!input.Csv.Header)
        {
            decoder = CsvEventDecoder.Create(mapping, input.Csv, out problem);
        }
        else if (Advance(input, records))
        {
            problem = records.Fault ?? "";
            decoder = records.Fault is null
                ? CsvEventDecoder.CreateFromHeader(records.Bytes, mapping, input.Csv, out problem)
                : null;
        }
        else
        {
            throw new InputFileException($"{input.Name}: is empty where a header line was expected");
        }

        return decoder ?? throw new InputFileException($"{input.Name}: {problem}");
    }

    private static bool Advance(FileInput input, IFileRecordReader records)
    {
        try
        {
            return records.Read();
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw new InputFileException($"{input.Name}: cannot be read on behind record {records.Number}: {e.Message}", e);
        }
    }

    private bool ReadRecords(PolledRecords polled, int recordsMax)
    {
        for (; recordsMax > 0 && polled.Events.BytesUsed < PortionBytesMax; recordsMax--)
        {
            if (!Advance(_input, _records))
            {
                return false;
            }

            ReadRecord(polled);
        }

        return true;
    }

    private void ReadRecord(PolledRecords polled)
    {
        if (_records.Fault is { } fault)
        {
            polled.RecordCount++;
            polled.Refused.Add(new DeadLetter(_input.Name, 0, _records.Number, fault, default, _records.Bytes.ToArray()));
            return;
        }

        var record = new SourceRecord
        {
            Input = _inputIndex, Partition = 0, Offset = _records.Number, TimestampMs = -1, Value = _records.Bytes,
        };
        var outcome = RecordIntake.Take(in record, _input.Name, _decoder, polled);
        if (outcome.Status == DecodeStatus.Unavailable)
        {
            // Readable another day: stopping loses nothing, a dead letter would.
            throw new InputFileException($"{_input.Name}:{_records.Number}: {outcome.Reason}");
        }
    }

    private SortedEvents Load(PolledRecords polled)
    {
        var sorted = new SortedEvents();
        var portion = new PolledRecords();
        bool more;
        do
        {
            more = ReadRecords(portion, LoadRecords);
            sorted.Add(portion.Events);
            polled.Refused.AddRange(portion.Refused);
            polled.RecordCount += portion.RecordCount;
            polled.ByteCount += portion.ByteCount;
            portion.Clear();
        }
        while (more);

        sorted.Sort();
        return sorted;
    }
}
