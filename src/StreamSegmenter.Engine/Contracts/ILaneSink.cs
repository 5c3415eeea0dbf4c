namespace StreamSegmenter.Engine.Contracts;

/// <summary>One commit of outputs, changelog and offsets out: the other narrow interface through which a lane meets Kafka.
/// Called on the lane's thread only.</summary>
internal interface ILaneSink : IDisposable
{
    CommitOutcome Commit(CommitUnit unit, CancellationToken cancellation);

    /// <summary>Reads the changelog of a partition up to the last complete commit that it holds at this moment. A commit is
    /// complete in a partition when the shard's own line (<see cref="State.StateKey.ShardKey"/>), its last, is there.
    /// <para>With transactions it waits first until every transaction that is open in the partition has ended: one whose
    /// offsets were accepted before its owner lost the partition may still commit, and its lines count then. Without them it waits
    /// until all can be read that was written before: it writes a line of its own behind it (<see cref="State.StateKey.Barrier"/>).</para></summary>
    /// <param name="from">Where to begin: 0, or what <see cref="ChangelogPosition"/> said of state that the target has.</param>
    /// <exception cref="ChangelogLostException">The changelog no longer holds, or does not yet hold, <paramref name="from"/>.</exception>
    /// <exception cref="OperationCanceledException">The lane is stopping.</exception>
    void Restore(int partition, long from, IRestoreTarget target, CancellationToken cancellation);

    /// <summary>Which topic of its name the changelog is: one that was deleted and made again has another. What was kept of a shard
    /// goes with the changelog of which it was kept only. Empty: the broker tells none apart.</summary>
    /// <exception cref="OperationCanceledException">The lane is stopping.</exception>
    string ChangelogId(CancellationToken cancellation) => "";

    /// <summary>The offset behind the last commit of a partition that this sink restored or committed itself: whoever has the
    /// state as of then needs the changelog from here only. 0 while there is none.</summary>
    long ChangelogPosition(int partition);
}
