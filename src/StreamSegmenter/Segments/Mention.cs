using StreamSegmenter.Aggregates;
using StreamSegmenter.Customers;

namespace StreamSegmenter.Segments;

/// <summary>An aggregate, or another segment, as one segment's expression mentions it.</summary>
/// <param name="Text">As the definition writes it, canonically.</param>
/// <param name="Read">Null for another segment.</param>
internal sealed record Mention(string Text, AggregateRead? Read, int Segment)
{
    public Aggregate? Aggregate => Read?.Aggregate;

    /// <summary>Whether another segment is mentioned.</summary>
    public bool IsSegment => Segment >= 0;

    /// <summary>How its value is shown, where that is more than reading the aggregate.</summary>
    public Func<CustomerRecord, long, string>? Show { get; init; }
}
