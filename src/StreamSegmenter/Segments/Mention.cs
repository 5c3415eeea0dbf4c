using StreamSegmenter.Aggregates;

namespace StreamSegmenter.Segments;

/// <summary>An aggregate, or another segment, as one segment's expression mentions it.</summary>
/// <param name="Text">As the definition writes it, canonically.</param>
/// <param name="Read">Null for another segment.</param>
internal sealed record Mention(string Text, AggregateRead? Read, int Segment)
{
    public Aggregate? Aggregate => Read?.Aggregate;
}
