using StreamSegmenter.Aggregates;

namespace StreamSegmenter.Segments.Language;

/// <summary>Reads a definition into a syntax tree, a Pratt parser: <c>or</c> binds weakest, then <c>and</c>, <c>not</c>, and the
/// comparisons, then <c>+ -</c> and <c>* /</c>. A term with an error is passed over up to the next <c>and</c>, <c>or</c> or closing
/// parenthesis (panic mode), so that one run reports several. Hostile input is bounded by <see cref="LengthMax"/> and
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
    private Token _before;
    private int _depth;

    // Parentheses that are open before the present token.
    private int _parens;

    // After an error, until the next term: what follows is a consequence of it.
    private bool _isQuiet;

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
        while (parser._token.Kind != TokenKind.End)
        {
            parser.Fail($"found {parser._token} where 'and', 'or' or the end was expected");
            parser.Recover(parser._parens, isSurplus: true);
            parser._isQuiet = false;
            if (parser._token.Kind != TokenKind.End)
            {
                parser.Advance();
                root = new LogicalNode(root.At, true, [root, parser.Expression()]);
            }
        }

        return root;
    }

    private SyntaxNode Expression() => Chain("or", isAnd: false);

    private SyntaxNode Chain(string keyword, bool isAnd)
    {
        var at = _token.At;
        var first = isAnd ? Term() : Chain("and", isAnd: true);
        if (!_token.Is(keyword))
        {
            return first;
        }

        var terms = new List<SyntaxNode> { first };
        while (_token.Is(keyword))
        {
            _isQuiet = false;
            Advance();
            terms.Add(isAnd ? Term() : Chain("and", isAnd: true));
        }

        return new LogicalNode(at, isAnd, terms);
    }

    private SyntaxNode Term()
    {
        var (at, parens, depth) = (_token.At, _parens, _depth);
        if (Negation() is { } term)
        {
            return term;
        }

        _depth = depth;
        Recover(parens, isSurplus: _token.Is("and") || _token.Is("or"));
        return new ErrorNode(at);
    }

    /// <summary>Passes over what cannot be read, up to where the next term begins or the parentheses end.</summary>
    /// <param name="isSurplus">The present token is the error itself.</param>
    private void Recover(int parens, bool isSurplus)
    {
        _isQuiet = true;
        for (; _token.Kind != TokenKind.End; Advance(), isSurplus = false)
        {
            if (!isSurplus && _parens <= parens && (_token.Kind == TokenKind.RightParen || _token.Is("and") || _token.Is("or")))
            {
                return;
            }
        }
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
        var left = Value();
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
        var right = Value();
        if (right is null)
        {
            return null;
        }

        return _token.Kind == TokenKind.Comparison
            ? Fail("comparisons cannot be chained; join two with 'and', or write 'x between 1 and 3'")
            : new ComparisonNode(at, left, comparison.Value, right);
    }

    private void Advance()
    {
        _parens += _token.Kind switch { TokenKind.LeftParen => 1, TokenKind.RightParen => -1, _ => 0 };
        _before = _token;
        _token = _lexer.Next();
    }

    private bool Expect(TokenKind kind, string what)
    {
        if (_token.Kind != kind)
        {
            Fail(_token.Is("pane") ? "a comma is missing before the pane: 7d, pane: 1h" : $"found {_token} where {what} was expected");
            return false;
        }

        Advance();
        return true;
    }

    private bool Enter()
    {
        if (_depth < DepthMax)
        {
            _depth++;
            return true;
        }

        Fail($"nested deeper than {DepthMax}; split the definition with in_segment(…)");
        return false;
    }

    private SyntaxNode? Fail(string message) => FailAt(_token.At, _token.Kind == TokenKind.Bad ? _token.Text : Remedy() ?? message);

    /// <summary>What a person means who writes it so.</summary>
    private string? Remedy()
    {
        if (_token.Kind != TokenKind.Comma || _before.Kind != TokenKind.Number)
        {
            return null;
        }

        var ahead = _lexer;
        var next = ahead.Next();
        return next.Kind == TokenKind.Number && next.Text.Length == 3
            ? $"a number has no separators between its digits: write {_before.Text}{next.Text}"
            : null;
    }

    private SyntaxNode? FailAt(SourcePosition at, string message)
    {
        if (!_isQuiet)
        {
            _errors.Add(new DefinitionError(_definition.File, at.Line, at.Column, message));
        }

        return null;
    }
}
