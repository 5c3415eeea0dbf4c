namespace StreamSegmenter.Engine.Contracts;

/// <summary>Records in, with positions: one of the two narrow interfaces through which a lane meets Kafka.
/// Every member is called on the lane's thread only.</summary>
internal interface ILaneSource : IDisposable
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
