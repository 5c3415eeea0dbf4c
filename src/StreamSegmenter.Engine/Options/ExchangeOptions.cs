namespace StreamSegmenter.Engine.Options;

/// <summary>How the shards of all instances work together.</summary>
/// <param name="Shards">How many there are: the partitions of every input. With one there is nothing to exchange.</param>
internal sealed record ExchangeOptions(int Shards = 1)
{
    /// <summary>No shard's watermark runs further ahead of the slowest than this, in event time; 0: as far as it can.</summary>
    public long AlignmentMs { get; init; } = 60_000;

    /// <summary>While all catch up, the alignment is at least the event time that the slowest covers within this processing time; 0: it stays as it
    /// is.</summary>
    public long CatchUpMs { get; init; } = 1_000;

    /// <summary>A shard that was not heard of for so long, in processing time, holds no other back: it may have no owner. Null: as long
    /// as <see cref="AlignmentMs"/>, so that live traffic, in which event time passes like the clock, never waits.</summary>
    public long? PatienceMs { get; init; }

    /// <summary>Whether messages and the commit that sends them become durable together. If not, a message may be heard whose commit never
    /// was: then a shard claims to have come no further than its last durable commit.</summary>
    public bool IsTransactional { get; init; } = true;
}
