namespace StreamSegmenter.Engine.Contracts;

internal enum CommitStatus : byte
{
    /// <summary>All of it is durable.</summary>
    Committed,

    /// <summary>None of it is durable, or without transactions some of it: drop the working set, seek back, go on.</summary>
    Aborted,

    /// <summary>Another instance took over: this lane must stop.</summary>
    Fenced,

    /// <summary>It can never be written (a dead letter or late event that the broker refuses for ever): the lane stops
    /// rather than lose it.</summary>
    Failed,

    /// <summary>Whether it is durable is unknown. With transactions all of it is, or nothing; without, everything but the
    /// offsets. Going back to the commit before could repeat it, or leave the group's offsets ahead of the changelog; so the lane
    /// restores its shards from the changelog. <see cref="ILaneSink.Restore"/> waits until a transaction has ended one way or
    /// the other.</summary>
    InDoubt,
}

internal readonly record struct CommitOutcome(CommitStatus Status, string? Reason)
{
    public static CommitOutcome Committed => default;
}
