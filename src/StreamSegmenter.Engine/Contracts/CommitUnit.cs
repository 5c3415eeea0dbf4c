using StreamSegmenter.Engine.Outputs;

namespace StreamSegmenter.Engine.Contracts;

/// <summary>Everything that commits together. The memory belongs to the lane and is valid until the call returns.</summary>
internal sealed class CommitUnit
{
    public required Outbox Outbox { get; init; }

    public List<ChangelogRecord> Changelog { get; } = [];

    /// <summary>What shards tell each other; written with the outputs, before the changelog.</summary>
    public List<ExchangeRecord> Exchange { get; } = [];

    /// <summary>Per partition the offset from which a restart reads: that of its oldest unreleased event.</summary>
    public Dictionary<InputPartition, long> Offsets { get; } = [];

    /// <summary>A shard that the unit is about; -1: it has neither lines nor offsets.</summary>
    public int AnyPartition
    {
        get
        {
            foreach (var offset in Offsets.Keys)
            {
                return offset.Partition;
            }

            return Changelog.Count > 0 ? Changelog[0].Partition : -1;
        }
    }
}
