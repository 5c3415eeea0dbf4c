namespace StreamSegmenter.Aggregates;

/// <summary>How a condition reads an aggregate.</summary>
/// <param name="WindowMs">For what one event decides (a time, a value that is kept): how long that event counts,
/// <see cref="long.MaxValue"/> for ever. Panes know their window themselves.</param>
internal readonly record struct AggregateRead(Aggregate Aggregate, long WindowMs);
