using StreamSegmenter.Definitions;
using StreamSegmenter.Windows;

namespace StreamSegmenter.Segments.Language;

// The functions: what stands between a name and its closing parenthesis.
internal sealed partial class SegmentParser
{
    private SyntaxNode? Call(Token name)
    {
        var function = name.Text.ToLowerInvariant();
        if (Vocabulary.NotYetAvailable.Contains(function))
        {
            return FailAt(name.At, Vocabulary.NotYet(function));
        }

        if (!Vocabulary.Functions.Contains(function))
        {
            return FailAt(name.At, $"unknown function '{name.Text}'." + NearestName.Hint(function, Vocabulary.Functions));
        }

        if (!Enter())
        {
            return null;
        }

        Advance();
        SyntaxNode? call = function switch
        {
            Vocabulary.InSegment => InSegment(name.At),
            Vocabulary.Exists => Exists(name.At),
            _ => Aggregate(name.At, function),
        };
        _depth--;
        return call is not null && Expect(TokenKind.RightParen, "')'") ? call : null;
    }

    private InSegmentNode? InSegment(SourcePosition at) =>
        NameOrText("the name of a segment") is { } segment ? new InSegmentNode(at, segment) : null;

    private ExistsNode? Exists(SourcePosition at)
    {
        var name = _token;
        if (name.Kind != TokenKind.Name)
        {
            Fail($"found {name} where the name of a field was expected");
            return null;
        }

        Advance();
        return Field(name) is { } field ? new ExistsNode(at, field) : null;
    }

    private AggregateNode? Aggregate(SourcePosition at, string function)
    {
        if (NameOrText("the name of an event") is not { } eventName)
        {
            return null;
        }

        NameNode? field = null;
        if (_token.Kind == TokenKind.Dot)
        {
            Advance();
            var name = _token;
            if (name.Kind != TokenKind.Name)
            {
                Fail($"found {name} where the name of a field was expected: {function}({eventName.Value}.total)");
                return null;
            }

            Advance();
            if ((field = Field(name)) is null)
            {
                return null;
            }
        }

        SyntaxNode? where = null;
        if (_token.Is("where"))
        {
            Advance();
            if ((where = Expression()) is null)
            {
                return null;
            }
        }

        return WindowAndPane(out var window, out var pane)
            ? new AggregateNode(at, function, eventName, field, where, window, pane)
            : null;
    }

    private bool WindowAndPane(out DurationNode? window, out DurationNode? pane)
    {
        window = pane = null;
        while (_token.Kind == TokenKind.Comma)
        {
            Advance();
            var isPane = _token.Is("pane");
            if (isPane)
            {
                Advance();
                if (!Expect(TokenKind.Colon, "':' and a duration: pane: 1h"))
                {
                    return false;
                }
            }

            if (_token.Kind != TokenKind.Duration || (isPane ? pane : window) is not null)
            {
                Fail(_token.Kind == TokenKind.Number
                    ? $"{_token} has no unit; {DurationText.UnitsHint}"
                    : $"found {_token} where a window such as '30d' or a pane such as 'pane: 1h' was expected, each once");
                return false;
            }

            var duration = new DurationNode(_token.At, (long)_token.Number);
            Advance();
            if (isPane)
            {
                pane = duration;
            }
            else
            {
                window = duration;
            }
        }

        return true;
    }

    private TextNode? NameOrText(string what)
    {
        var token = _token;
        if (token.Kind is not (TokenKind.Name or TokenKind.Text))
        {
            Fail($"found {token} where {what} was expected");
            return null;
        }

        Advance();
        return new TextNode(token.At, token.Text);
    }
}
