using StreamSegmenter.Testing.Reference;

namespace StreamSegmenter.Testing.Model;

/// <summary>A record of an input: some events, or one that cannot be read.</summary>
internal sealed record InputRecord(IReadOnlyList<Fact> Facts, bool IsRefused = false)
{
    /// <summary>When it is written, by the clock of a log that is written while it is read; otherwise it was always there.</summary>
    public long ArrivesMs { get; init; } = long.MinValue;
}
