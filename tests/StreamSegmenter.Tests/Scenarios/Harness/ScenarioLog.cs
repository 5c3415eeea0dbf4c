using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Scenarios.Harness;

/// <summary>What stands in for Kafka: one topic's partitions, the group's offsets, the changelog and the outputs of every
/// commit. It outlives the lanes.</summary>
internal sealed class ScenarioLog(int partitions) : ILaneSink
{
    private readonly List<byte[]>[] _records = [.. Enumerable.Range(0, partitions).Select(_ => new List<byte[]>())];
    private readonly long[] _offsets = new long[partitions];
    private readonly List<(int Partition, byte[] Key, byte[] Value)> _changelog = [];

    public int Partitions => partitions;

    public List<CartAbandoned> Triggers { get; } = [];

    public List<SuppressedTrigger> Suppressed { get; } = [];

    public List<MembershipChange> MembershipChanges { get; } = [];

    public List<DeadLetter> DeadLetters { get; } = [];

    public List<LateEvent> LateEvents { get; } = [];

    /// <summary>What the source knows of the input's time; moves the watermark with no event.</summary>
    public long InputTimeMs { get; set; } = long.MinValue;

    public int PartitionOf(string customer) => customer.Sum(c => c) % partitions;

    public void Append(ScenarioEvent e) => _records[PartitionOf(e.Customer)].Add(e.Json);

    public IReadOnlyList<byte[]> Records(int partition) => _records[partition];

    public long CommittedOffset(int partition) => _offsets[partition];

    public CommitOutcome Commit(CommitUnit unit, CancellationToken cancellation)
    {
        Triggers.AddRange(unit.Outbox.CartAbandoned);
        Suppressed.AddRange(unit.Outbox.Suppressed);
        MembershipChanges.AddRange(unit.Outbox.MembershipChanges);
        DeadLetters.AddRange(unit.Outbox.DeadLetters);
        LateEvents.AddRange(unit.Outbox.LateEvents);
        foreach (var line in unit.Changelog)
        {
            _changelog.Add((line.Partition, line.Key.ToArray(), line.Value.ToArray()));
        }

        foreach (var (partition, offset) in unit.Offsets)
        {
            _offsets[partition.Partition] = offset;
        }

        return CommitOutcome.Committed;
    }

    public long ChangelogPosition(int partition) => 0;

    public void Restore(int partition, long from, IRestoreTarget target, CancellationToken cancellation)
    {
        foreach (var (owner, key, value) in _changelog)
        {
            if (owner == partition)
            {
                target.Apply(key, value);
            }
        }
    }

    public void Dispose()
    {
    }
}
