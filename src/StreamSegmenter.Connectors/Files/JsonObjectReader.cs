namespace StreamSegmenter.Connectors.Files;

/// <summary>Walks the objects of a JSON text as records: the elements of an array, or objects one behind the other, over however many
/// lines. An object that does not end is closed by the next one that begins a line where it began, so that one that is cut off costs itself
/// alone. Memory is bounded by the longest record.</summary>
internal sealed class JsonObjectReader : IFileRecordReader
{
    private const int InitialBytes = 256 * 1024;

    private readonly Stream _stream;
    private readonly int _recordBytesMax;
    private JsonObjectScanner _scanner;
    private byte[] _buffer = new byte[InitialBytes];
    private int _start;
    private int _end;
    private int _recordStart;
    private int _recordLength;
    private long _line = 1;
    private bool _endOfFile;

    /// <param name="stream">Plain bytes; disposed with the reader.</param>
    /// <param name="recordBytesMax">Longest record.</param>
    public JsonObjectReader(Stream stream, int recordBytesMax = FileInput.DefaultRecordBytesMax)
    {
        _stream = stream;
        _recordBytesMax = recordBytesMax;
    }

    public long Number { get; private set; }

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(_recordStart, _recordLength);

    public string? Fault { get; private set; }

    private Span<byte> Rest => _buffer.AsSpan(_start, _end - _start);

    public bool Read()
    {
        Fault = null;
        if (!SkipBetween())
        {
            return false;
        }

        Number = _line;
        if (Rest[0] != '{')
        {
            TakeOther();
            return true;
        }

        _scanner.Reset();
        while (true)
        {
            var length = _scanner.Find(Rest);
            if (length >= 0 && length <= _recordBytesMax)
            {
                length = BreakIn(length) is > 0 and var at ? TakeBroken(at) : length;
                Take(length);
                return true;
            }

            if (length > _recordBytesMax || Rest.Length > _recordBytesMax || !Fill())
            {
                TakeUnended();
                return true;
            }
        }
    }

    public void Dispose() => _stream.Dispose();

    // Blanks, the array's brackets and the commas between its elements.
    private bool SkipBetween()
    {
        while (true)
        {
            var rest = Rest;
            var found = rest.IndexOfAnyExcept(" \t\r\n,[]"u8);
            var skipped = found < 0 ? rest.Length : found;
            _line += rest[..skipped].Count((byte)'\n');
            _start += skipped;
            if (found >= 0)
            {
                return true;
            }

            if (!Fill())
            {
                return false;
            }
        }
    }

    private void TakeOther()
    {
        var end = Rest.IndexOfAny((byte)'\n', (byte)',', (byte)']');
        while (end < 0 && Rest.Length < _recordBytesMax && Fill())
        {
            end = Rest.IndexOfAny((byte)'\n', (byte)',', (byte)']');
        }

        Fault = "here is no JSON object; expected objects, in an array or one behind the other";
        Take(Math.Max(1, end < 0 ? Rest.Length : end));
    }

    private int TakeBroken(int at)
    {
        Fault = "the JSON object that begins here does not end before the next one begins";
        return at;
    }

    // It is too long, or the file ends first: up to the next line that begins an object, if one is in sight.
    private void TakeUnended()
    {
        var at = BreakIn(Rest.Length);
        Fault = at > 0 || _endOfFile
            ? "the JSON object that begins here does not end"
            : $"the record is longer than {_recordBytesMax:N0} bytes";
        Take(at > 0 ? at : Rest.Length);
    }

    /// <summary>Where inside these bytes another object begins a line as this one did, behind what no value follows; -1 for nowhere.</summary>
    private int BreakIn(int length)
    {
        var indent = Indent();
        var record = Rest[..length];
        for (var at = 0; indent >= 0 && at < length;)
        {
            var line = record[at..].IndexOf((byte)'\n');
            if (line < 0)
            {
                return -1;
            }

            at += line + 1;
            var blanks = record[at..].IndexOfAnyExcept((byte)' ', (byte)'\t');
            if (blanks == indent && record[at + blanks] == '{' && !LeadsToValue(record[..(at - 1)]))
            {
                return at;
            }
        }

        return -1;
    }

    private static bool LeadsToValue(ReadOnlySpan<byte> before)
    {
        before = before.TrimEnd(" \t\r\n"u8);
        if (before.IsEmpty || before[^1] != ',')
        {
            return !before.IsEmpty && before[^1] is (byte)':' or (byte)'[';
        }

        // Only in a list of objects does an object follow a comma.
        before = before[..^1].TrimEnd(" \t\r\n"u8);
        return !before.IsEmpty && before[^1] == '}';
    }

    /// <summary>How far the record that begins here is indented; -1 when it does not begin its line.</summary>
    private int Indent()
    {
        var at = _start;
        while (at > 0 && _buffer[at - 1] is (byte)' ' or (byte)'\t')
        {
            at--;
        }

        return at == 0 || _buffer[at - 1] == '\n' ? _start - at : -1;
    }

    private void Take(int length)
    {
        _recordStart = _start;
        _recordLength = length;
        _line += Rest[..length].Count((byte)'\n');
        _start += length;
    }

    private bool Fill()
    {
        if (_endOfFile)
        {
            return false;
        }

        if (_end == _buffer.Length)
        {
            // The line that a record begins stays before it.
            var keep = Math.Max(0, _start - 256);
            var length = _end - keep;
            var target = length > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
            _buffer.AsSpan(keep, length).CopyTo(target);
            _buffer = target;
            _start -= keep;
            _end = length;
        }

        var count = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += count;
        _endOfFile = count == 0;
        return count > 0;
    }
}
