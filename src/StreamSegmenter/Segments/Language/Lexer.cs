using System.Globalization;
using StreamSegmenter.Windows;

namespace StreamSegmenter.Segments.Language;

internal enum TokenKind : byte
{
    End,
    Name,
    Number,
    Duration,
    Text,
    Comparison,
    LeftParen,
    RightParen,
    Comma,
    Dot,
    Colon,
    Plus,
    Minus,
    Star,
    Slash,

    /// <summary><c>…</c>, <c>..</c> or <c>...</c> between two dates.</summary>
    Ellipsis,

    /// <summary>Something that is no token; <see cref="Token.Text"/> is the error.</summary>
    Bad,
}

/// <param name="Text">The name or the text without its quotes; for the other kinds as it is written.</param>
/// <param name="Number">The value of a number; the milliseconds of a duration.</param>
internal readonly record struct Token(TokenKind Kind, SourcePosition At, string Text, decimal Number)
{
    /// <summary>Keywords are names that are read in either case.</summary>
    public bool Is(string keyword) => Kind == TokenKind.Name && Text.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    /// <summary>How an error message names the token.</summary>
    public override string ToString() => Kind == TokenKind.End ? "the end" : $"'{Text}'";
}

/// <summary>Cuts a definition into tokens. A name is a letter or <c>_</c> followed by letters, digits, <c>_</c> and
/// <c>-</c>, since segments are called <c>vip-at-risk</c>: no value that can be subtracted from ends in a name; a text is in
/// single quotes, where <c>''</c> is one quote. The lines after the first are taken to be indented like it, as in a YAML block.</summary>
internal struct Lexer(string text, SourcePosition start)
{
    private int _at;
    private int _line = start.Line;
    private int _lineStart;
    private TokenKind _previous;

    public Token Next()
    {
        var token = Read();
        _previous = token.Kind;
        return token;
    }

    private Token Read()
    {
        SkipBlanks();
        var here = new SourcePosition(_line, start.Column + _at - _lineStart);
        if (_at >= text.Length)
        {
            return new Token(TokenKind.End, here, "", 0);
        }

        var c = text[_at];
        if (char.IsAsciiLetter(c) || c == '_')
        {
            return Take(TokenKind.Name, here, LengthOfName(_at));
        }

        // Behind a value a '-' subtracts.
        var isSign = c == '-' && _previous is not (TokenKind.RightParen or TokenKind.Number or TokenKind.Duration);
        if (char.IsAsciiDigit(c) || (isSign && _at + 1 < text.Length && char.IsAsciiDigit(text[_at + 1])))
        {
            return Number(here);
        }

        return c switch
        {
            '\'' => Quoted(here),
            '(' => Take(TokenKind.LeftParen, here, 1),
            ')' => Take(TokenKind.RightParen, here, 1),
            ',' => Take(TokenKind.Comma, here, 1),
            '…' => Take(TokenKind.Ellipsis, here, 1),
            '.' when Follows('.') => Take(TokenKind.Ellipsis, here, text.AsSpan(_at).StartsWith("...") ? 3 : 2),
            '.' => Take(TokenKind.Dot, here, 1),
            ':' => Take(TokenKind.Colon, here, 1),
            '*' => Take(TokenKind.Star, here, 1),
            '+' => Take(TokenKind.Plus, here, 1),
            '-' => Take(TokenKind.Minus, here, 1),
            '/' => Take(TokenKind.Slash, here, 1),
            '=' => Take(TokenKind.Comparison, here, Follows('=') ? 2 : 1),
            '<' or '>' => Take(TokenKind.Comparison, here, Follows('=') ? 2 : 1),
            '!' when Follows('=') => Take(TokenKind.Comparison, here, 2),
            '"' => Bad(here, "texts stand in single quotes: 'shoes'", LengthOfDoubleQuoted()),
            '&' when Follows('&') => Bad(here, "'&&' is written 'and'", 2),
            '|' when Follows('|') => Bad(here, "'||' is written 'or'", 2),
            '!' => Bad(here, "'!' is written 'not'", 1),
            '€' or '$' or '£' => Bad(here, $"an amount is written without '{c}': 1000. It is in the shop's currency", 1),
            _ => Bad(here, $"unexpected character '{c}'", 1),
        };
    }

    private readonly bool Follows(char c) => _at + 1 < text.Length && text[_at + 1] == c;

    private void SkipBlanks()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            if (text[_at++] == '\n')
            {
                _line++;
                _lineStart = _at;
            }
        }
    }

    private readonly int LengthOfName(int from)
    {
        var end = from;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '-'))
        {
            end++;
        }

        return end - from;
    }

    private Token Take(TokenKind kind, SourcePosition here, int length, decimal number = 0)
    {
        var token = new Token(kind, here, text.Substring(_at, length), number);
        _at += length;
        return token;
    }

    private Token Bad(SourcePosition here, string message, int length)
    {
        _at += length;
        return new Token(TokenKind.Bad, here, message, 0);
    }

    private readonly int LengthOfDoubleQuoted()
    {
        var length = text.AsSpan(_at + 1).IndexOf('"');
        return length < 0 || text.AsSpan(_at, length).Contains('\n') ? text.Length - _at : length + 2;
    }

    private Token Number(SourcePosition here)
    {
        var end = _at + 1;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || IsPoint(end)))
        {
            end++;
        }

        var unit = LengthOfUnit(end);
        var written = text.AsSpan(_at, end - _at + unit);
        if (unit == 0)
        {
            return decimal.TryParse(
                written, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
                out var number)
                ? Take(TokenKind.Number, here, end - _at, number)
                : Bad(here, $"'{written}' is not a number", written.Length);
        }

        return DurationText.TryParse(written, out var durationMs)
            ? Take(TokenKind.Duration, here, written.Length, durationMs)
            : Bad(here, $"'{written}' is not a duration; {DurationText.UnitsHint}", written.Length);
    }

    /// <summary>Behind a number: its unit, also behind blanks.</summary>
    private readonly int LengthOfUnit(int from)
    {
        var begin = from;
        while (begin < text.Length && text[begin] == ' ')
        {
            begin++;
        }

        var length = begin < text.Length && text[begin] == '-' ? 0 : LengthOfName(begin);
        return begin == from || DurationText.IsUnit(text.AsSpan(begin, length)) ? begin - from + length : 0;
    }

    private readonly bool IsPoint(int at) => text[at] == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]);

    private Token Quoted(SourcePosition here)
    {
        var end = _at + 1;
        while (end < text.Length && (text[end] != '\'' || (end + 1 < text.Length && text[end + 1] == '\'')))
        {
            end += text[end] == '\'' ? 2 : 1;
        }

        if (end >= text.Length || text.AsSpan(_at, end - _at).Contains('\n'))
        {
            return Bad(here, "the text that begins here has no closing quote", text.Length - _at);
        }

        var token = new Token(TokenKind.Text, here, text[(_at + 1)..end].Replace("''", "'", StringComparison.Ordinal), 0);
        _at = end + 1;
        return token;
    }
}
