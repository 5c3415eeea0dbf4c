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

        if (Vocabulary.Rhythms.Contains(function))
        {
            return Rhythm(name.At, function);
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
            Vocabulary.Sequence => Sequence(name.At),
            Vocabulary.Anniversary => Anniversary(name.At),
            _ => Aggregate(name.At, function),
        };
        _depth--;
        if (call is null || !Expect(TokenKind.RightParen, "')'"))
        {
            return null;
        }

        return call is AnniversaryNode anniversary ? Within(anniversary) : call;
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
        SyntaxNode? field = name.Is(Vocabulary.Profile) && _token.Kind == TokenKind.Dot ? ProfileAttribute(name.At) : Field(name);
        return field is null ? null : new ExistsNode(at, field);
    }

    private AggregateNode? Aggregate(SourcePosition at, string function)
    {
        if (NameOrText("the name of an event") is not { } eventName || !MaybeField(function, eventName, out var field))
        {
            return null;
        }

        var where = MaybeWhere();
        return WindowAndPane(out var window, out var pane, out var period)
            ? new AggregateNode(at, function, eventName, field, where, window, pane) { Period = period }
            : null;
    }

    private bool MaybeField(string function, TextNode eventName, out NameNode? field)
    {
        field = null;
        if (_token.Kind != TokenKind.Dot)
        {
            return true;
        }

        Advance();
        var name = _token;
        if (name.Kind != TokenKind.Name)
        {
            Fail($"found {name} where the name of a field was expected: {function}({eventName.Value}.total)");
            return false;
        }

        Advance();
        field = Field(name);
        return field is not null;
    }

    private SyntaxNode? MaybeWhere()
    {
        if (!_token.Is("where"))
        {
            return null;
        }

        Advance();
        return Expression();
    }

    private bool WindowAndPane(out DurationNode? window, out DurationNode? pane, out SyntaxNode? period)
    {
        window = pane = null;
        period = null;
        while (_token.Kind == TokenKind.Comma)
        {
            Advance();
            if (window is null && period is null && TryPeriod(ref period))
            {
                if (period is null)
                {
                    return false;
                }

                continue;
            }

            var isPane = _token.Is("pane");
            if (isPane)
            {
                Advance();
                if (!Expect(TokenKind.Colon, "':' and a duration: pane: 1h"))
                {
                    return false;
                }
            }

            if (_token.Kind != TokenKind.Duration || (isPane ? pane : window) is not null || (!isPane && period is not null))
            {
                Fail(_token.Kind == TokenKind.Number
                    ? $"{_token} has no unit; {DurationText.UnitsHint}"
                    : $"found {_token} where a window such as '30d' or a pane such as 'pane: 1h' was expected, each once"
                        + NearestName.Hint(_token.Text, Vocabulary.Periods));
                return false;
            }

            var duration = new DurationNode(_token.At, (long)_token.Number);
            Advance();
            (isPane ? ref pane : ref window) = duration;
        }

        return true;
    }

    /// <summary>Whether a period of the calendar stands here; <paramref name="period"/> stays null after an error in it.</summary>
    private bool TryPeriod(ref SyntaxNode? period)
    {
        var name = _token;
        if (name.Is("date"))
        {
            Advance();
            period = DateRange(name.At);
            return true;
        }

        if (name.Kind != TokenKind.Name || !Vocabulary.Periods.Contains(name.Text.ToLowerInvariant()))
        {
            return false;
        }

        Advance();
        period = new PeriodNode(name.At, name.Text.ToLowerInvariant());
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
