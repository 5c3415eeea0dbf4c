namespace StreamSegmenter.Segments;

/// <summary>A segment's expression with its meaning.</summary>
/// <param name="Canonical">Equal for definitions that mean the same thing written differently.</param>
/// <param name="Zone">Whose days it counts in; null where it asks for no day.</param>
internal sealed record BoundSegment(SegmentCode Code, IReadOnlyList<Mention> Mentions, string Canonical, string? Zone);
