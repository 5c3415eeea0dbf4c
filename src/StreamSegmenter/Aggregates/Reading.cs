namespace StreamSegmenter.Aggregates;

/// <summary>How a condition reads a trait.</summary>
/// <param name="WindowMs">For times: how long the event counts; <see cref="long.MaxValue"/> for ever.</param>
internal readonly record struct Reading(Trait Trait, long WindowMs);
