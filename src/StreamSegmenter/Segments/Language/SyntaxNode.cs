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
        _ => "ends_with",
    };
}

internal sealed record ExistsNode(SourcePosition At, NameNode Name) : SyntaxNode(At);

internal sealed record NumberNode(SourcePosition At, decimal Value) : SyntaxNode(At);

internal sealed record DurationNode(SourcePosition At, long Ms) : SyntaxNode(At);

internal sealed record TextNode(SourcePosition At, string Value) : SyntaxNode(At);

internal sealed record BooleanNode(SourcePosition At, bool Value) : SyntaxNode(At);

/// <summary>A field of the event, or a property; <c>properties.NAME</c> is always a property.</summary>
internal sealed record NameNode(SourcePosition At, string Name, bool IsProperty = false) : SyntaxNode(At);

/// <summary>An aggregate over the events of one type: <c>function(event.field where …, window, pane: …)</c>.</summary>
internal sealed record AggregateNode(
    SourcePosition At, string Function, TextNode Event, NameNode? Field, SyntaxNode? Where, DurationNode? Window,
    DurationNode? Pane) : SyntaxNode(At);

internal sealed record InSegmentNode(SourcePosition At, TextNode Segment) : SyntaxNode(At);
