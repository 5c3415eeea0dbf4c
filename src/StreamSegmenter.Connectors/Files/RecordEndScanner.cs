namespace StreamSegmenter.Connectors.Files;

/// <summary>Finds where a record ends: at a line feed or, in CSV, at a line feed outside quotes. Remembers how far it looked,
/// so no byte is looked at again when more of the record arrives.
/// <para>In CSV a record that breaks RFC 4180, or whose quotes do not close before the file or the longest record ends, is taken to
/// end at its first line feed: a stray quote costs one line and not the rest of the file. Strictness bounds the work, too. Two
/// readings that differ by one quote can never both end inside quotes, so no byte is scanned for more than two records.</para></summary>
internal struct RecordEndScanner(byte? csvDelimiter)
{
    private enum State : byte
    {
        /// <summary>No quote seen yet: only a line feed or a quote matters.</summary>
        NoQuote,
        CellStart,
        Unquoted,
        Quoted,
        BehindQuote,
        BehindReturn,

        /// <summary>Only a line feed matters.</summary>
        Line,
    }

    private State _state = csvDelimiter is null ? State.Line : State.NoQuote;
    private int _position;

    /// <summary>True when quotes decide where the record ends, so that <see cref="FallBack"/> may find an earlier end.</summary>
    public readonly bool CanFallBack => _state is not (State.Line or State.NoQuote);

    /// <summary>True when the bytes so far end inside quotes.</summary>
    public readonly bool InsideQuotes => _state == State.Quoted;

    /// <summary>Starts over for the next record.</summary>
    public void Reset()
    {
        _state = csvDelimiter is null ? State.Line : State.NoQuote;
        _position = 0;
    }

    /// <summary>From now on the record ends at its first line feed.</summary>
    public void FallBack()
    {
        _state = State.Line;
        _position = 0;
    }

    /// <summary>The place of the line feed that ends the record, -1 when it is not among these bytes.</summary>
    /// <param name="record">The bytes from the record's start on; each call for a record repeats those of the last.</param>
    public int Find(ReadOnlySpan<byte> record)
    {
        if (_state == State.NoQuote)
        {
            var found = record[_position..].IndexOfAny((byte)'\n', (byte)'"');
            if (found < 0 || record[_position + found] == '\n')
            {
                return Advance(record, found);
            }

            _state = State.CellStart;
            _position = 0;
        }

        if (_state != State.Line)
        {
            var end = FindOutsideQuotes(record, csvDelimiter!.Value);
            if (_state != State.Line)
            {
                return end;
            }
        }

        return Advance(record, record[_position..].IndexOf((byte)'\n'));
    }

    private int Advance(ReadOnlySpan<byte> record, int found)
    {
        _position = found < 0 ? record.Length : _position + found;
        return found < 0 ? -1 : _position;
    }

    private int FindOutsideQuotes(ReadOnlySpan<byte> record, byte delimiter)
    {
        while (_position < record.Length && _state != State.Line)
        {
            var next = record[_position];
            switch (_state)
            {
                case State.CellStart when next == '"':
                    _state = State.Quoted;
                    _position++;
                    break;
                case State.CellStart:
                    _state = State.Unquoted;
                    break;
                case State.Unquoted:
                    if (!SkipTo(record, record[_position..].IndexOfAny(delimiter, (byte)'\n', (byte)'"')))
                    {
                        break;
                    }

                    if (record[_position] == '\n')
                    {
                        return _position;
                    }

                    Take(record[_position] == delimiter, State.CellStart);
                    break;
                case State.Quoted:
                    if (SkipTo(record, record[_position..].IndexOf((byte)'"')))
                    {
                        Take(true, State.BehindQuote);
                    }

                    break;
                default:
                    if (next == '\n')
                    {
                        return _position;
                    }

                    TakeBehindQuote(next, delimiter);
                    break;
            }
        }

        return -1;
    }

    private void TakeBehindQuote(byte next, byte delimiter)
    {
        var first = _state == State.BehindQuote;
        var state = next == delimiter ? State.CellStart : next == '"' ? State.Quoted : State.BehindReturn;
        Take(first && (state != State.BehindReturn || next == '\r'), state);
    }

    private bool SkipTo(ReadOnlySpan<byte> record, int found)
    {
        _position = found < 0 ? record.Length : _position + found;
        return found >= 0;
    }

    private void Take(bool allowed, State state)
    {
        if (!allowed)
        {
            FallBack();
            return;
        }

        _state = state;
        _position++;
    }
}
