using StreamSegmenter.Aggregates;

namespace StreamSegmenter.Segments.Language;

/// <summary>Reads a definition into a syntax tree, a Pratt parser: <c>or</c> binds weakest, then <c>and</c>, <c>not</c>, and the
/// comparisons. It stops at the first error of a definition. Hostile input is bounded by <see cref="LengthMax"/> and
/// <see cref="DepthMax"/>; runs of <c>and</c> and <c>or</c> become one node, so the tree is no deeper than the
/// parentheses.</summary>
internal sealed partial class SegmentParser
{
    public const int LengthMax = 16_384;
    public const int DepthMax = 32;

    private readonly SegmentDefinition _definition;
    private readonly List<DefinitionError> _errors;
    private Lexer _lexer;
    private Token _token;
    private int _depth;

    private SegmentParser(SegmentDefinition definition, List<DefinitionError> errors)
    {
        _definition = definition;
        _errors = errors;
        _lexer = new Lexer(definition.When, new SourcePosition(definition.Line, definition.Column));
        _token = _lexer.Next();
    }

    /// <summary>The definition's expression; null after an error was added.</summary>
    public static SyntaxNode? Parse(SegmentDefinition definition, List<DefinitionError> errors)
    {
        if (definition.When.Length > LengthMax)
        {
            errors.Add(new DefinitionError(
                definition.File, definition.Line, definition.Column,
                $"the definition of '{definition.Id}' is longer than {LengthMax} characters; split it with in_segment(…)"));
            return null;
        }

        var parser = new SegmentParser(definition, errors);
        if (parser._token.Kind == TokenKind.End)
        {
            return parser.Fail($"segment '{definition.Id}' has no expression; write one like did(order_completed, 30d)");
        }

        var root = parser.Expression();
        return root is null || parser._token.Kind == TokenKind.End
            ? root
            : parser.Fail($"found {parser._token} where 'and', 'or' or the end was expected");
    }

    private SyntaxNode? Expression() => Chain("or", isAnd: false);

    private SyntaxNode? Chain(string keyword, bool isAnd)
    {
        var at = _token.At;
        var first = isAnd ? Negation() : Chain("and", isAnd: true);
        if (first is null || !_token.Is(keyword))
        {
            return first;
        }

        var terms = new List<SyntaxNode> { first };
        while (_token.Is(keyword))
        {
            Advance();
            var term = isAnd ? Negation() : Chain("and", isAnd: true);
            if (term is null)
            {
                return null;
            }

            terms.Add(term);
        }

        return new LogicalNode(at, isAnd, terms);
    }

    private SyntaxNode? Negation()
    {
        if (!_token.Is("not"))
        {
            return Condition();
        }

        var at = _token.At;
        if (!Enter())
        {
            return null;
        }

        Advance();
        var operand = Negation();
        _depth--;
        return operand is null ? null : new NotNode(at, operand);
    }

    private SyntaxNode? Condition()
    {
        var left = Operand();
        if (left is null)
        {
            return null;
        }

        if (_token.Kind == TokenKind.Comparison)
        {
            return ComparisonWith(left);
        }

        var at = _token.At;
        var negated = _token.Is("not");
        if (negated)
        {
            Advance();
        }

        var condition = Relation(left);
        if (ReferenceEquals(condition, left) && negated)
        {
            return Fail($"found {_token} where 'in' or 'between' was expected");
        }

        return negated && condition is not null ? new NotNode(at, condition) : condition;
    }

    private SyntaxNode? ComparisonWith(SyntaxNode left)
    {
        var at = _token.At;
        Comparison? comparison = _token.Text switch
        {
            "=" => Comparison.Equal,
            "!=" => Comparison.NotEqual,
            "<" => Comparison.Less,
            "<=" => Comparison.LessOrEqual,
            ">" => Comparison.Greater,
            ">=" => Comparison.GreaterOrEqual,
            _ => null,
        };
        if (comparison is null)
        {
            return Fail("equality is one '='");
        }

        Advance();
        var right = Operand();
        if (right is null)
        {
            return null;
        }

        return _token.Kind == TokenKind.Comparison
            ? Fail("comparisons cannot be chained; join two with 'and', or write 'x between 1 and 3'")
            : new ComparisonNode(at, left, comparison.Value, right);
    }

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

        if (_token.Is("matches"))
        {
            return Fail(Vocabulary.NotYet("matches"));
        }

        TextOp? match = _token.Is("contains") ? TextOp.Contains
            : _token.Is("starts_with") ? TextOp.StartsWith
            : _token.Is("ends_with") ? TextOp.EndsWith
            : null;
        if (match is null)
        {
            return left;
        }

        var at = _token.At;
        Advance();
        return Operand() is { } pattern ? new TextMatchNode(at, left, match.Value, pattern) : null;
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

            if (Operand() is not { } value)
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
        if (Operand() is not { } low)
        {
            return null;
        }

        if (!_token.Is("and"))
        {
            return Fail($"found {_token} where 'and' was expected: between 1 and 3");
        }

        Advance();
        return Operand() is { } high ? new BetweenNode(at, left, low, high) : null;
    }

    private void Advance() => _token = _lexer.Next();

    private bool Expect(TokenKind kind, string what)
    {
        if (_token.Kind != kind)
        {
            Fail($"found {_token} where {what} was expected");
            return false;
        }

        Advance();
        return true;
    }

    private bool Enter()
    {
        if (++_depth <= DepthMax)
        {
            return true;
        }

        Fail($"nested deeper than {DepthMax}; split the definition with in_segment(…)");
        return false;
    }

    private SyntaxNode? Fail(string message) =>
        FailAt(_token.At, _token.Kind == TokenKind.Bad ? _token.Text : message);

    private SyntaxNode? FailAt(SourcePosition at, string message)
    {
        _errors.Add(new DefinitionError(_definition.File, at.Line, at.Column, message));
        return null;
    }
}
