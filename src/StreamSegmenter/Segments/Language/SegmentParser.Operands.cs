namespace StreamSegmenter.Segments.Language;

// What stands on either side of a comparison: arithmetic, constants, names, functions, parentheses.
internal sealed partial class SegmentParser
{
    private const int OperatorsMax = 64;

    private SyntaxNode? Value() => Arithmetic(isProduct: false);

    private SyntaxNode? Arithmetic(bool isProduct)
    {
        var left = isProduct ? Operand() : Arithmetic(isProduct: true);
        for (var count = 0; left is not null; count++)
        {
            char? sign = _token.Kind switch
            {
                TokenKind.Plus when !isProduct => '+',
                TokenKind.Minus when !isProduct => '-',
                TokenKind.Star when isProduct => '*',
                TokenKind.Slash when isProduct => '/',
                _ => null,
            };
            if (sign is null)
            {
                return left;
            }

            if (count == OperatorsMax)
            {
                return Fail($"more than {OperatorsMax} operators in a row");
            }

            var at = _token.At;
            Advance();
            var right = isProduct ? Operand() : Arithmetic(isProduct: true);
            left = right is null ? null : new ArithmeticNode(at, left, sign.Value, right);
        }

        return null;
    }

    private SyntaxNode? Operand()
    {
        var token = _token;
        switch (token.Kind)
        {
            case TokenKind.Number:
                Advance();
                return new NumberNode(token.At, token.Number);
            case TokenKind.Duration:
                Advance();
                return new DurationNode(token.At, (long)token.Number);
            case TokenKind.Text:
                Advance();
                return new TextNode(token.At, token.Text);
            case TokenKind.LeftParen:
                return Parenthesised();
            case TokenKind.Name:
                return Named();
            default:
                return Fail($"found {token} where a value or a condition was expected");
        }
    }

    private SyntaxNode? Parenthesised()
    {
        if (!Enter())
        {
            return null;
        }

        Advance();
        var inner = Expression();
        _depth--;
        return Expect(TokenKind.RightParen, "')'") ? inner : null;
    }

    private SyntaxNode? Named()
    {
        var name = _token;
        if (name.Is("true") || name.Is("false"))
        {
            Advance();
            return new BooleanNode(name.At, name.Is("true"));
        }

        if (name.Is("and") || name.Is("or") || name.Is("in") || name.Is("between"))
        {
            return Fail($"found {name} where a value or a condition was expected");
        }

        Advance();
        if (_token.Kind == TokenKind.LeftParen || IsRhythm(name))
        {
            return Call(name);
        }

        if (name.Is("date") && _token.Kind == TokenKind.Text)
        {
            return DateRange(name.At);
        }

        if (name.Is(Vocabulary.Profile) && _token.Kind == TokenKind.Dot)
        {
            return ProfileAttribute(name.At);
        }

        return Misread(name) is { } remedy ? FailAt(name.At, remedy) : Field(name);
    }

    private bool IsRhythm(Token name) => (_token.Kind == TokenKind.Number || _token.Is("of"))
        && Vocabulary.Rhythms.Contains(name.Text, StringComparer.OrdinalIgnoreCase);

    /// <summary>What a person means who writes a name here.</summary>
    private string? Misread(Token name)
    {
        var follows = _token.Kind is TokenKind.Name or TokenKind.Text && !IsInfix(_token) ? _token.Text : null;
        return name.Is("select") && follows is not null
            ? "a segment is a condition, not a query: write count(order_completed, 30d) >= 3"
            : follows is not null && Vocabulary.Functions.Contains(name.Text, StringComparer.OrdinalIgnoreCase)
            ? $"parentheses are missing: {name.Text.ToLowerInvariant()}({follows})"
            : null;
    }

    private static bool IsInfix(Token token) => token.Is("and") || token.Is("or") || token.Is("not") || token.Is("in") || token.Is("between")
        || token.Is("contains") || token.Is("starts_with") || token.Is("ends_with") || token.Is("matches") || token.Is("like")
        || token.Is("within") || token.Is("then");

    private ProfileNode? ProfileAttribute(SourcePosition at)
    {
        Advance();
        return NameOrText("the name of an attribute: profile.country") is { } name ? new ProfileNode(at, name.Value) : null;
    }

    /// <summary><c>date '2026-11-27' … date '2026-11-30'</c>, or one day.</summary>
    private DateRangeNode? DateRange(SourcePosition at)
    {
        if (Date() is not { } from)
        {
            return null;
        }

        if (_token.Kind != TokenKind.Ellipsis)
        {
            return new DateRangeNode(at, from, from);
        }

        Advance();
        if (_token.Is("date"))
        {
            Advance();
        }

        var toAt = _token.At;
        if (Date() is not { } to)
        {
            return null;
        }

        if (to >= from)
        {
            return new DateRangeNode(at, from, to);
        }

        FailAt(toAt, "the range of dates ends before it begins");
        return null;
    }

    private DateOnly? Date()
    {
        if (_token.Kind == TokenKind.Text && DateOnly.TryParseExact(
            _token.Text, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out var date)
            && date.Year is >= 1970 and < 9999)
        {
            Advance();
            return date;
        }

        Fail($"found {_token} where a day was expected: date '2026-11-27'");
        return null;
    }

    /// <summary>A field's or property's name, whose first part was read.</summary>
    private NameNode? Field(Token first)
    {
        if (!first.Is("properties") || _token.Kind != TokenKind.Dot)
        {
            return new NameNode(first.At, first.Text);
        }

        Advance();
        var name = _token;
        if (name.Kind is not (TokenKind.Name or TokenKind.Text))
        {
            Fail($"found {name} where the name of a property was expected: properties.colour");
            return null;
        }

        Advance();
        return new NameNode(first.At, name.Text, IsProperty: true);
    }
}
