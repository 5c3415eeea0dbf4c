using StreamSegmenter.Segments;

namespace StreamSegmenter.Engine.Versions;

/// <summary>What is not whole yet: an aggregate that came with a change of definitions has counted since then, and its segment is right for
/// everyone only when a whole window has passed. One without a window counts from the change on for good, and is never whole.</summary>
internal static class Warming
{
    /// <summary>For each segment whose aggregates are young, the instant at which the last of them has seen its window;
    /// <see cref="long.MaxValue"/>: never.</summary>
    public static Dictionary<string, long> UntilMs(AppliedVersion applied, SegmentProgram segments)
    {
        var until = new Dictionary<string, long>(StringComparer.Ordinal);
        if (applied.Young.Count == 0)
        {
            return until;
        }

        var since = applied.Young.GroupBy(young => young.MeaningHash).ToDictionary(young => young.Key, young => young.Max(one => one.SinceMs));
        for (var segment = 0; segment < segments.SegmentIds.Count; segment++)
        {
            foreach (var (layout, windowMs) in segments.AggregatesOf(segment))
            {
                if (since.TryGetValue(AppliedVersion.HashOf(layout), out var sinceMs))
                {
                    var wholeMs = windowMs is { } window && sinceMs < long.MaxValue - window ? sinceMs + window : long.MaxValue;
                    until[segments.SegmentIds[segment]] = Math.Max(wholeMs, until.GetValueOrDefault(segments.SegmentIds[segment], long.MinValue));
                }
            }
        }

        return until;
    }
}
