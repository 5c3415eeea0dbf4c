using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Engine.Lanes;

/// <summary>One line of the changelog: the truth about one key of a shard's state after this commit.</summary>
/// <param name="Value">Empty: the key is deleted (tombstone).</param>
public readonly record struct ChangelogRecord(int Partition, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value);

/// <summary>What one commit produces. Filled by a lane between commits, cleared after each.</summary>
public sealed class Outbox
{
    public List<CartAbandoned> CartAbandoned { get; } = [];

    /// <summary>Steps that fell due and were not sent, with the reason.</summary>
    public List<SuppressedTrigger> Suppressed { get; } = [];

    public List<MembershipChange> MembershipChanges { get; } = [];

    public List<ConversionPane> ConversionPanes { get; } = [];

    public List<DeadLetter> DeadLetters { get; } = [];

    public List<LateEvent> LateEvents { get; } = [];

    /// <summary>What was wrong in events that were applied; becomes dead letters when the commit is gathered.</summary>
    internal List<EventProblem> Problems { get; } = [];

    public int Count => CartAbandoned.Count + Suppressed.Count + Problems.Count + MembershipChanges.Count + ConversionPanes.Count + DeadLetters.Count + LateEvents.Count;

    public void Clear()
    {
        CartAbandoned.Clear();
        Suppressed.Clear();
        Problems.Clear();
        MembershipChanges.Clear();
        ConversionPanes.Clear();
        DeadLetters.Clear();
        LateEvents.Clear();
    }
}

/// <summary>Everything that commits together. The memory belongs to the lane and is valid until the call returns.</summary>
public sealed class CommitUnit
{
    public required Outbox Outbox { get; init; }

    public List<ChangelogRecord> Changelog { get; } = [];

    /// <summary>Per partition the offset from which a restart reads: that of its oldest unreleased event.</summary>
    public Dictionary<InputPartition, long> Offsets { get; } = [];
}

public enum CommitStatus : byte
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

    /// <summary>Nobody can tell whether it is durable. With transactions all of it is, or nothing; without, everything but the
    /// offsets. Going back to the commit before could repeat it, or leave the group's offsets ahead of the changelog; so the lane
    /// restores its shards from the changelog. <see cref="ILaneSink.Restore"/> waits until a transaction has ended one way or
    /// the other.</summary>
    InDoubt,
}

public readonly record struct CommitOutcome(CommitStatus Status, string? Reason)
{
    public static CommitOutcome Committed => default;
}

/// <summary>Receives a shard's state, key by key, while it is restored; later lines of a key replace earlier ones.</summary>
public interface IRestoreTarget
{
    /// <param name="value">Empty: the key is deleted.</param>
    void Apply(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

    /// <summary>There is a line of this key behind the last complete commit: its writer died or gave up half way. It does not
    /// count, and since compaction may keep it instead of the line that does, the next commit writes the key again.</summary>
    void Unfinished(ReadOnlySpan<byte> key)
    {
    }

    /// <summary>How far it is, now and then.</summary>
    /// <param name="remaining">Lines still to read at most; compacted ones count, so it may fall faster than lines come.</param>
    void Progress(long remaining)
    {
    }
}

/// <summary>One commit of outputs, changelog and offsets out: the other narrow interface through which a lane meets Kafka.
/// Called on the lane's thread only.</summary>
public interface ILaneSink : IDisposable
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
