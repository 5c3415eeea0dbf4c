namespace StreamSegmenter.Segments.Language;

// What looks at several events at once: rhythms, sequences, anniversaries.
internal sealed partial class SegmentParser
{
    private const int StepsMax = 8;

    /// <summary><c>active_in 3 of 7 days</c>, <c>active_in(order_completed where …, 3 of 7 days)</c>, <c>every(order_completed, 4 weeks)</c>,
    /// <c>streak of 4 weeks</c>.</summary>
    private RhythmNode? Rhythm(SourcePosition at, string function)
    {
        var eventName = new TextNode(at, Vocabulary.AnyEvent);
        if (_token.Kind != TokenKind.LeftParen)
        {
            return Rhythm(at, function, eventName, null);
        }

        Advance();
        if (NameOrText("the name of an event") is not { } named)
        {
            return null;
        }

        var where = MaybeWhere();
        return Expect(TokenKind.Comma, $"a comma and {ExampleOf(function)}")
            && Rhythm(at, function, named, where) is { } rhythm && Expect(TokenKind.RightParen, "')'")
            ? rhythm
            : null;
    }

    private RhythmNode? Rhythm(SourcePosition at, string function, TextNode eventName, SyntaxNode? where)
    {
        var isOf = function == "active_in";
        if (!isOf && _token.Is("of"))
        {
            Advance();
        }

        if (!TryCount(function, out var count))
        {
            return null;
        }

        var of = count;
        if (isOf && (!ExpectWord("of", function) || !TryCount(function, out of)))
        {
            return null;
        }

        var isWeeks = _token.Is("weeks") || _token.Is("week");
        if (!isWeeks && !_token.Is("days") && !_token.Is("day"))
        {
            Fail($"found {_token} where 'days' or 'weeks' was expected: {ExampleOf(function)}");
            return null;
        }

        Advance();
        return new RhythmNode(at, function, eventName, where, count, of, isWeeks);
    }

    private bool TryCount(string function, out int count)
    {
        count = 0;
        if (_token.Kind != TokenKind.Number || _token.Number is < 1 or > 9_999 || _token.Number != decimal.Truncate(_token.Number))
        {
            Fail($"found {_token} where a whole number was expected: {ExampleOf(function)}");
            return false;
        }

        count = (int)_token.Number;
        Advance();
        return true;
    }

    private bool ExpectWord(string word, string function)
    {
        if (!_token.Is(word))
        {
            Fail($"found {_token} where '{word}' was expected: {ExampleOf(function)}");
            return false;
        }

        Advance();
        return true;
    }

    private static string ExampleOf(string function) => function switch
    {
        "active_in" => "active_in(page_viewed, 3 of 7 days)",
        "every" => "every(order_completed, 4 weeks)",
        _ => "streak(order_completed, 4 weeks)",
    };

    /// <summary><c>a where … then not b then c within 2h, same: cart_id, 7d</c>.</summary>
    private SequenceNode? Sequence(SourcePosition at)
    {
        var steps = new List<SequenceStepNode>();
        do
        {
            if (steps.Count > 0)
            {
                Advance();
            }

            var stepAt = _token.At;
            var isAbsent = _token.Is("not");
            if (isAbsent)
            {
                Advance();
            }

            if (NameOrText("the name of an event") is not { } name)
            {
                return null;
            }

            steps.Add(new SequenceStepNode(stepAt, isAbsent, name, MaybeWhere()));
            if (steps.Count > StepsMax)
            {
                Fail($"a sequence has at most {StepsMax} steps");
                return null;
            }
        }
        while (_token.Is("then"));
        return SequenceEnd(at, steps);
    }

    private SequenceNode? SequenceEnd(SourcePosition at, List<SequenceStepNode> steps)
    {
        if (!_token.Is("within"))
        {
            Fail(steps.Count == 1
                ? $"found {_token} where 'then' and another event was expected: sequence(product_added then order_completed within 2h)"
                : $"found {_token} where 'then' or 'within' was expected: say within which time, such as within 2h");
            return null;
        }

        Advance();
        if (Duration("within 2h") is not { } within)
        {
            return null;
        }

        TextNode? same = null;
        DurationNode? window = null;
        while (_token.Kind == TokenKind.Comma)
        {
            Advance();
            if (_token.Is("same") && same is null)
            {
                Advance();
                if (!Expect(TokenKind.Colon, "':' and a field: same: cart_id") || (same = NameOrText("a field: same: cart_id")) is null)
                {
                    return null;
                }
            }
            else if (window is not null || (window = Duration("7d")) is null)
            {
                Fail("a sequence ends with 'same: cart_id' and a window such as 7d, each once");
                return null;
            }
        }

        return new SequenceNode(at, steps, within, same, window);
    }

    private DurationNode? Duration(string example)
    {
        if (_token.Kind != TokenKind.Duration)
        {
            Fail($"found {_token} where a duration was expected: {example}");
            return null;
        }

        var duration = new DurationNode(_token.At, (long)_token.Number);
        Advance();
        return duration;
    }

    /// <summary><c>anniversary(identify.birthday)</c>; what stands behind the parentheses is read by <see cref="Within"/>.</summary>
    private AnniversaryNode? Anniversary(SourcePosition at)
    {
        const string What = "an event and its field: anniversary(identify.birthday) within 7d";
        if (NameOrText(What) is not { } eventName || !MaybeField("anniversary", eventName, out var field))
        {
            return null;
        }

        if (field is null)
        {
            Fail($"found {_token} where '.' and a field was expected: anniversary({eventName.Value}.birthday) within 7d");
            return null;
        }

        return new AnniversaryNode(at, eventName, field, new DurationNode(at, 0));
    }

    private AnniversaryNode? Within(AnniversaryNode anniversary)
    {
        if (!_token.Is("within"))
        {
            return anniversary;
        }

        Advance();
        return Duration("within 7d") is { } within ? anniversary with { Within = within } : null;
    }
}
