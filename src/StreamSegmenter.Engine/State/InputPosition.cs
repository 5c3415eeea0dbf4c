namespace StreamSegmenter.Engine.State;

/// <summary>Events of one partition that were polled but not folded: <c>Count</c> consecutive offsets from
/// <c>Offset</c>, in each the event at <c>IndexInRecord</c>.</summary>
internal readonly record struct HeldRange(long Offset, int IndexInRecord, int Count);

/// <summary>Where one input of a shard stands: everything before <c>Position</c> is folded, but for the held runs.</summary>
/// <param name="Held">Sorted by (offset, index).</param>
internal sealed record InputPosition(long Position, IReadOnlyList<HeldRange> Held)
{
    public static InputPosition Unknown { get; } = new(-1, []);

    /// <summary>From which offset a restart reads: the oldest held event's, else the position.</summary>
    public long RestartOffset => Held.Count > 0 ? Math.Min(Held[0].Offset, Position) : Position;

    /// <summary>Whether the same events are folded. The ends alone do not tell: one of those between may have gone out since.</summary>
    public bool IsAt(InputPosition other) => Position == other.Position && Held.SequenceEqual(other.Held);

    /// <summary>True for an event that was folded before the restart.</summary>
    public bool IsFolded(long offset, int indexInRecord)
    {
        if (offset >= Position)
        {
            return false;
        }

        foreach (var run in Held)
        {
            if (run.IndexInRecord == indexInRecord && offset >= run.Offset && offset < run.Offset + run.Count)
            {
                return false;
            }
        }

        return true;
    }
}
