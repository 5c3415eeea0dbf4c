using StreamSegmenter.Events;

namespace StreamSegmenter.Engine.Contracts;

/// <summary>What a poll brought: events in the order of their partitions, and the records that could not be read.</summary>
internal sealed class PolledRecords
{
    public EventBatch Events { get; } = new();

    /// <summary>Records that could not be read: not at all, or (<see cref="DeadLetterKind.Partial"/>) not in every field.</summary>
    public List<DeadLetter> Refused { get; } = [];

    /// <summary>Records with an event further ahead of the clock than is believable.</summary>
    public List<DeadLetter> AheadOfClock { get; } = [];

    /// <summary>What other shards tell those of this lane, in the order of their offsets.</summary>
    public List<ExchangeRecord> Exchange { get; } = [];

    /// <summary>Set by the lane before a poll: a record with an event after this is refused, so that one bad clock cannot move
    /// the watermark. <see cref="long.MaxValue"/> where there is no clock.</summary>
    public long LatestPlausibleMs { get; set; } = long.MaxValue;

    /// <summary>Set by a source whose inputs have all ended: what the watermark moves to. Null while more may come.</summary>
    public long? EndOfInputMs { get; set; }

    /// <summary>Records polled, readable or not.</summary>
    public int RecordCount { get; set; }

    /// <summary>Bytes of their values.</summary>
    public long ByteCount { get; set; }

    public void Clear()
    {
        Events.Clear();
        Refused.Clear();
        AheadOfClock.Clear();
        Exchange.Clear();
        EndOfInputMs = null;
        RecordCount = 0;
        ByteCount = 0;
    }
}
