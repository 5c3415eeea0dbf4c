using System.Buffers.Text;

namespace StreamSegmenter.Connectors.Generator;

/// <summary>Appends pieces of text to a buffer that is known to be long enough.</summary>
internal ref struct TextCursor(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    public int Length { get; private set; }

    public void Add(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_buffer[Length..]);
        Length += text.Length;
    }

    public void Number(long number)
    {
        Utf8Formatter.TryFormat(number, _buffer[Length..], out var written);
        Length += written;
    }

    public void Hex(ulong number)
    {
        Utf8Formatter.TryFormat(number, _buffer[Length..], out var written, new('x', 16));
        Length += written;
    }

    /// <summary>Cents as a decimal of major units: 3579 is 35.79.</summary>
    public void Cents(int cents)
    {
        var (whole, rest) = Math.DivRem(cents, 100);
        Number(whole);
        _buffer[Length] = (byte)'.';
        _buffer[Length + 1] = (byte)('0' + (rest / 10));
        _buffer[Length + 2] = (byte)('0' + (rest % 10));
        Length += 3;
    }

    public void Id(byte letter, long number)
    {
        _buffer[Length++] = letter;
        Number(number);
    }

    /// <summary>A member with an id as its text; nothing for the number 0.</summary>
    public void JsonId(ReadOnlySpan<byte> member, byte letter, long number)
    {
        if (number == 0)
        {
            return;
        }

        Add(member);
        Id(letter, number);
        _buffer[Length++] = (byte)'"';
    }

    /// <summary>A comma and a cell.</summary>
    public void Cell(ReadOnlySpan<byte> text)
    {
        _buffer[Length++] = (byte)',';
        Add(text);
    }

    public void CellId(byte letter, long number)
    {
        _buffer[Length++] = (byte)',';
        if (number > 0)
        {
            Id(letter, number);
        }
    }

    public void CellCents(int cents)
    {
        _buffer[Length++] = (byte)',';
        if (cents > 0)
        {
            Cents(cents);
        }
    }
}
