using StreamSegmenter.Events;

namespace StreamSegmenter.Engine.Lanes;

/// <summary>How far a partition has been read.</summary>
/// <param name="Position">Offset of the next record to poll.</param>
/// <param name="EndOffset">The partition's high watermark as last reported by the broker; -1 when not yet known.</param>
/// <param name="InputTimeMs">Largest event time that the source itself knows for the whole input, where it reads in an order
/// of its own (files); <see cref="long.MinValue"/> otherwise.</param>
/// <param name="Ended">Nothing will ever follow (the end of a file).</param>
public readonly record struct PartitionProgress(
    long Position, long EndOffset, long InputTimeMs = long.MinValue, bool Ended = false)
{
    /// <summary>Everything there is has been polled.</summary>
    public bool CaughtUp => EndOffset >= 0 && Position >= EndOffset;
}

/// <summary>What a poll brought: events in the order of their partitions, and the records that could not be read.</summary>
public sealed class PolledRecords
{
    public EventBatch Events { get; } = new();

    /// <summary>Records that could not be read.</summary>
    public List<DeadLetter> Refused { get; } = [];

    /// <summary>Records with an event further ahead of the clock than is believable.</summary>
    public List<DeadLetter> AheadOfClock { get; } = [];

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
        EndOfInputMs = null;
        RecordCount = 0;
        ByteCount = 0;
    }
}

/// <summary>Records in, with positions: one of the two narrow interfaces through which a lane meets Kafka.
/// Every member is called on the lane's thread only.</summary>
public interface ILaneSource : IDisposable
{
    /// <summary>Receives assignments; set once before the first poll. Called from inside <see cref="Poll"/>.</summary>
    IAssignmentListener? Listener { get; set; }

    /// <summary>Waits at most <paramref name="timeout"/> for records, decodes those that are there (a bounded number)
    /// into <paramref name="polled"/>, which the caller has cleared, and serves group changes. A record whose schema is unavailable
    /// pauses its partition inside the source until it can be read.</summary>
    void Poll(PolledRecords polled, TimeSpan timeout);

    /// <summary>Progress of every assigned partition.</summary>
    void ReportProgress(IDictionary<InputPartition, PartitionProgress> progress);

    /// <summary>Stops delivering a partition that runs ahead of its siblings; what was polled stays delivered.</summary>
    void Pause(InputPartition partition);

    void Resume(InputPartition partition);

    /// <summary>Goes back after an aborted commit: the next poll delivers from this offset; -1: from the group's committed
    /// offset, else the input's <c>startAt</c>.</summary>
    void Seek(InputPartition partition, long offset);

    /// <summary>Leaves the group after the last commit, so that a peer takes over without waiting for the session timeout.</summary>
    void Close();
}

/// <summary>What a lane does when partitions come and go.</summary>
public interface IAssignmentListener
{
    /// <summary>Partition <paramref name="partition"/> of every input now belongs to this lane: the listener restores the
    /// shard and writes, per input, the offset from which to read (-1: the group's committed offset, else the
    /// input's <c>startAt</c>).</summary>
    void OnAssigned(int partition, Span<long> startOffsets);

    /// <summary>About to be taken away while still owned: commit, then drop the shards.</summary>
    void OnRevoking(IReadOnlyCollection<int> partitions);

    /// <summary>Lost without notice: drop the shards and whatever is uncommitted.</summary>
    void OnLost(IReadOnlyCollection<int> partitions);
}
