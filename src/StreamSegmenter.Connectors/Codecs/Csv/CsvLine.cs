namespace StreamSegmenter.Connectors.Codecs.Csv;

/// <summary>Cuts one record of RFC 4180 into cells. A cell in quotes may hold delimiters, line ends and doubled quotes; a quote
/// inside a cell that does not begin with one is an ordinary character.</summary>
internal ref struct CsvLine(ReadOnlySpan<byte> line, byte delimiter)
{
    private readonly ReadOnlySpan<byte> _line = line;
    private int _position = -1;

    /// <summary>The last cell read, without its quotes but with doubled ones as written.</summary>
    public ReadOnlySpan<byte> Cell { get; private set; }

    /// <summary>True when <see cref="Cell"/> holds doubled quotes: see <see cref="Unescape"/>.</summary>
    public bool HasDoubledQuotes { get; private set; }

    /// <summary>What is wrong, behind a <see cref="Read"/> that returned false; null at the line's end.</summary>
    public string? Problem { get; private set; }

    /// <summary>Moves to the next cell; false behind the last one, and where a quote is wrong.</summary>
    public bool Read()
    {
        if (_position >= _line.Length)
        {
            return false;
        }

        var rest = _line[(_position + 1)..];
        HasDoubledQuotes = false;
        if (!rest.IsEmpty && rest[0] == '"')
        {
            return ReadQuoted(rest);
        }

        var end = rest.IndexOf(delimiter);
        Cell = end < 0 ? rest : rest[..end];
        _position += 1 + Cell.Length;
        return true;
    }

    /// <summary>Copies a cell with each doubled quote as one; returns the length.</summary>
    public static int Unescape(ReadOnlySpan<byte> cell, Span<byte> target)
    {
        var length = 0;
        for (var i = 0; i < cell.Length; i++)
        {
            target[length++] = cell[i];
            if (cell[i] == '"')
            {
                i++;
            }
        }

        return length;
    }

    private bool ReadQuoted(ReadOnlySpan<byte> rest)
    {
        var i = 1;
        while (true)
        {
            var quote = rest[i..].IndexOf((byte)'"');
            if (quote < 0)
            {
                return Fail("a quoted cell does not end");
            }

            i += quote + 1;
            if (i == rest.Length || rest[i] == delimiter)
            {
                break;
            }

            if (rest[i] != '"')
            {
                return Fail("a quoted cell goes on behind its closing quote; write a quote inside a cell twice");
            }

            HasDoubledQuotes = true;
            i++;
        }

        Cell = rest[1..(i - 1)];
        _position += 1 + i;
        return true;
    }

    private bool Fail(string problem)
    {
        Problem = problem;
        _position = _line.Length;
        return false;
    }
}
