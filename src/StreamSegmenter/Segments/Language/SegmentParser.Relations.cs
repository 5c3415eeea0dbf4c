using StreamSegmenter.Aggregates;

namespace StreamSegmenter.Segments.Language;

// What stands between a value and what it is compared with, other than a sign.
internal sealed partial class SegmentParser
{
    private SyntaxNode? Relation(SyntaxNode left)
    {
        if (_token.Is("in"))
        {
            return In(left);
        }

        if (_token.Is("between"))
        {
            return Between(left);
        }

        if (_token.Is("like"))
        {
            return Like();
        }

        TextOp? match = _token.Is("contains") ? TextOp.Contains
            : _token.Is("starts_with") ? TextOp.StartsWith
            : _token.Is("ends_with") ? TextOp.EndsWith
            : _token.Is("matches") ? TextOp.Matches
            : null;
        if (match is null)
        {
            return left;
        }

        var at = _token.At;
        Advance();
        return Operand() is { } pattern ? new TextMatchNode(at, left, match.Value, pattern) : null;
    }

    /// <summary>SQL's operator is refused with ours for the same pattern.</summary>
    private SyntaxNode? Like()
    {
        var at = _token.At;
        Advance();
        var pattern = _token.Text;
        var word = (pattern.StartsWith('%'), pattern.EndsWith('%')) switch
        {
            (true, true) => "contains",
            (true, _) => "ends_with",
            (_, true) => "starts_with",
            _ => "=",
        };
        return FailAt(at, $"'like' is written with contains, starts_with or ends_with: {word} {LiteralBinder.Quote(pattern.Trim('%'))}");
    }

    private SyntaxNode? In(SyntaxNode left)
    {
        var at = _token.At;
        Advance();
        if (!Expect(TokenKind.LeftParen, "'(' and the values: in ('shoes', 'boots')"))
        {
            return null;
        }

        var values = new List<SyntaxNode>();
        do
        {
            if (values.Count > 0)
            {
                Advance();
            }

            if (Value() is not { } value)
            {
                return null;
            }

            values.Add(value);
        }
        while (_token.Kind == TokenKind.Comma);
        return Expect(TokenKind.RightParen, "',' or ')'") ? new InNode(at, left, values) : null;
    }

    private SyntaxNode? Between(SyntaxNode left)
    {
        var at = _token.At;
        Advance();
        if (Value() is not { } low)
        {
            return null;
        }

        if (!_token.Is("and"))
        {
            return Fail($"found {_token} where 'and' was expected: between 1 and 3");
        }

        Advance();
        return Value() is { } high ? new BetweenNode(at, left, low, high) : null;
    }
}
