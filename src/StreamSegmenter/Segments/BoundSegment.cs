namespace StreamSegmenter.Segments;

/// <summary>A segment's expression with its meaning.</summary>
/// <param name="Canonical">Equal for definitions that mean the same thing written differently.</param>
internal sealed record BoundSegment(SegmentCode Code, IReadOnlyList<Mention> Mentions, string Canonical);
