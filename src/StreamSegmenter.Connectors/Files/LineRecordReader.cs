namespace StreamSegmenter.Connectors.Files;

/// <summary>Walks the lines of a text file as records; with a CSV delimiter, a line feed inside quotes belongs to its record.
/// A carriage return before the line feed is not part of the record, the last line needs no line feed, and empty lines are passed over
/// (they count as lines). Memory is bounded by the longest record.</summary>
internal sealed class LineRecordReader : IFileRecordReader
{
    /// <summary>How much of a record that is too long is kept for its dead letter.</summary>
    public const int OverlongBytesKept = 64 * 1024;

    private const int InitialBytes = 256 * 1024;

    private readonly Stream _stream;
    private readonly int _recordBytesMax;
    private RecordEndScanner _scanner;
    private byte[] _buffer;
    private int _start;
    private int _end;
    private int _recordLength;
    private int _recordStart;
    private long _nextLine = 1;
    private bool _endOfFile;
    private bool _discarding;

    /// <param name="stream">Plain bytes; disposed with the reader.</param>
    /// <param name="recordBytesMax">Longest record.</param>
    /// <param name="csvDelimiter">For CSV, the delimiter; null when every line is a record.</param>
    public LineRecordReader(Stream stream, int recordBytesMax = FileInput.DefaultRecordBytesMax, byte? csvDelimiter = null)
    {
        _stream = stream;
        _recordBytesMax = recordBytesMax;
        _scanner = new RecordEndScanner(csvDelimiter);
        _buffer = new byte[InitialBytes];
    }

    public long Number { get; private set; }

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(_recordStart, _recordLength);

    public string? Fault { get; private set; }

    public bool Read()
    {
        Fault = null;
        if (_discarding)
        {
            DiscardLine();
        }

        while (true)
        {
            var length = _scanner.Find(_buffer.AsSpan(_start, _end - _start));
            if (length < 0 && !TryEndRecord(out length))
            {
                continue;
            }

            if (length < 0)
            {
                return false;
            }

            if (length > _recordBytesMax && _scanner.CanFallBack)
            {
                _scanner.FallBack();
                continue;
            }

            if (length > _recordBytesMax)
            {
                TakeOverlong(length);
                return true;
            }

            Take(length);
            if (_recordLength > 0)
            {
                return true;
            }
        }
    }

    public void Dispose() => _stream.Dispose();

    // No line feed in sight: reads on, or decides that the record ends otherwise. False when the search goes on.
    private bool TryEndRecord(out int length)
    {
        length = _end - _start;
        var tooLong = length > _recordBytesMax;
        if (!tooLong && Fill())
        {
            return false;
        }

        if (tooLong ? _scanner.CanFallBack : _scanner.InsideQuotes)
        {
            _scanner.FallBack();
            return false;
        }

        length = length == 0 ? -1 : length;
        return true;
    }

    private void Take(int length)
    {
        var record = _buffer.AsSpan(_start, length);
        Number = _nextLine;
        _nextLine += 1 + record.Count((byte)'\n');
        _recordStart = _start;
        _recordLength = length > 0 && record[^1] == '\r' ? length - 1 : length;
        _start = Math.Min(_end, _start + length + 1);
        _scanner.Reset();
    }

    private void TakeOverlong(int length)
    {
        Fault = $"the record is longer than {_recordBytesMax:N0} bytes; these are its first {OverlongBytesKept:N0}";
        Number = _nextLine;
        _recordStart = _start;
        _recordLength = Math.Min(length, OverlongBytesKept);
        _discarding = true;
        _scanner.Reset();
    }

    private void DiscardLine()
    {
        _discarding = false;
        _nextLine++;
        while (true)
        {
            var end = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (end >= 0)
            {
                _start += end + 1;
                return;
            }

            _start = _end;
            if (!Fill())
            {
                return;
            }
        }
    }

    private bool Fill()
    {
        if (_endOfFile)
        {
            return false;
        }

        if (_end == _buffer.Length)
        {
            MakeRoom();
        }

        var count = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += count;
        _endOfFile = count == 0;
        return count > 0;
    }

    private void MakeRoom()
    {
        var length = _end - _start;
        var target = length > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
        _buffer.AsSpan(_start, length).CopyTo(target);
        _buffer = target;
        _start = 0;
        _end = length;
    }
}
