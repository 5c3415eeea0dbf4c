namespace StreamSegmenter.Engine.Contracts;

/// <summary>What a lane does when partitions come and go.</summary>
internal interface IAssignmentListener
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
