namespace StreamSegmenter.Segments.Language;

// What stands on either side of a comparison: constants, names, functions, parentheses.
internal sealed partial class SegmentParser
{
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
        return inner is not null && Expect(TokenKind.RightParen, "')'") ? inner : null;
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
        return _token.Kind == TokenKind.LeftParen || name.Is(Vocabulary.ActiveIn)
            ? Call(name)
            : Field(name);
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
