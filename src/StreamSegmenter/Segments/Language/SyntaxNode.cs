using StreamSegmenter.Aggregates;

namespace StreamSegmenter.Segments.Language;

/// <summary>A place in the user's file, both from 1.</summary>
internal readonly record struct SourcePosition(int Line, int Column);

/// <summary>What the parser makes of a definition. Both the segment's own expression and the predicate behind
/// <c>where</c> are made of these nodes; which of them may stand where is for the binders to say.</summary>
internal abstract record SyntaxNode(SourcePosition At);

/// <summary>Two or more terms joined by <c>and</c>, or by <c>or</c>.</summary>
internal sealed record LogicalNode(SourcePosition At, bool IsAnd, IReadOnlyList<SyntaxNode> Terms) : SyntaxNode(At);

internal sealed record NotNode(SourcePosition At, SyntaxNode Operand) : SyntaxNode(At);

internal sealed record ComparisonNode(SourcePosition At, SyntaxNode Left, Comparison Comparison, SyntaxNode Right)
    : SyntaxNode(At);

internal sealed record InNode(SourcePosition At, SyntaxNode Operand, IReadOnlyList<SyntaxNode> Values) : SyntaxNode(At);

/// <summary>Both ends included.</summary>
internal sealed record BetweenNode(SourcePosition At, SyntaxNode Operand, SyntaxNode Low, SyntaxNode High) : SyntaxNode(At);

internal sealed record TextMatchNode(SourcePosition At, SyntaxNode Operand, TextOp Match, SyntaxNode Pattern)
    : SyntaxNode(At)
{
    public string Word => Match switch
    {
        TextOp.Contains => "contains",
        TextOp.StartsWith => "starts_with",
        TextOp.EndsWith => "ends_with",
        _ => "matches",
    };
}

/// <summary>Whether something is there: a field of the event, or an attribute of the profile.</summary>
internal sealed record ExistsNode(SourcePosition At, SyntaxNode Name) : SyntaxNode(At);

/// <summary>A part in which an error was found and reported; the parts beside it are still looked at.</summary>
internal sealed record ErrorNode(SourcePosition At) : SyntaxNode(At);

/// <summary>Two values and what is between them: <c>+ - * /</c>.</summary>
internal sealed record ArithmeticNode(SourcePosition At, SyntaxNode Left, char Sign, SyntaxNode Right) : SyntaxNode(At);

/// <summary>A period of the calendar instead of a length of time: <c>today</c>, <c>this_month</c>.</summary>
internal sealed record PeriodNode(SourcePosition At, string Name) : SyntaxNode(At);

/// <summary>Whole days, both included.</summary>
internal sealed record DateRangeNode(SourcePosition At, DateOnly From, DateOnly To) : SyntaxNode(At);

/// <summary>On how many days or weeks something happened: <c>active_in 3 of 7 days</c>, <c>every 4 weeks</c>,
/// <c>streak of 4 weeks</c>.</summary>
/// <param name="Of">For <c>every</c> and <c>streak</c> the same as <paramref name="Count"/>.</param>
internal sealed record RhythmNode(
    SourcePosition At, string Function, TextNode Event, SyntaxNode? Where, int Count, int Of, bool IsWeeks) : SyntaxNode(At);

/// <summary>One step of a sequence, or what must not come there.</summary>
internal sealed record SequenceStepNode(SourcePosition At, bool IsAbsent, TextNode Event, SyntaxNode? Where);

internal sealed record SequenceNode(
    SourcePosition At, IReadOnlyList<SequenceStepNode> Steps, DurationNode Within, TextNode? Same, DurationNode? Window) : SyntaxNode(At);

/// <summary>Whether the day on which a date comes round again is near.</summary>
internal sealed record AnniversaryNode(SourcePosition At, TextNode Event, NameNode Field, DurationNode Within) : SyntaxNode(At);

/// <summary>An attribute of the customer.</summary>
internal sealed record ProfileNode(SourcePosition At, string Name) : SyntaxNode(At);

internal sealed record NumberNode(SourcePosition At, decimal Value) : SyntaxNode(At);

internal sealed record DurationNode(SourcePosition At, long Ms) : SyntaxNode(At);

internal sealed record TextNode(SourcePosition At, string Value) : SyntaxNode(At);

internal sealed record BooleanNode(SourcePosition At, bool Value) : SyntaxNode(At);

/// <summary>A field of the event, or a property; <c>properties.NAME</c> is always a property.</summary>
internal sealed record NameNode(SourcePosition At, string Name, bool IsProperty = false) : SyntaxNode(At);

/// <summary>An aggregate over the events of one type: <c>function(event.field where …, window, pane: …)</c>.</summary>
internal sealed record AggregateNode(
    SourcePosition At, string Function, TextNode Event, NameNode? Field, SyntaxNode? Where, DurationNode? Window,
    DurationNode? Pane) : SyntaxNode(At)
{
    /// <summary>A period of the calendar or a range of dates, instead of a window.</summary>
    public SyntaxNode? Period { get; init; }
}

internal sealed record InSegmentNode(SourcePosition At, TextNode Segment) : SyntaxNode(At);
