using Confluent.Kafka;
using StreamSegmenter.Engine.Lanes;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>What a lane commits to its group, and so finds out whether it still is a member: the offsets of the inputs, alone or
/// in a transaction. Lane's thread only.</summary>
internal sealed class GroupCommits(
    KafkaSettings settings, IConsumer<CapturedBytes, CapturedBytes> consumer, CommitDeadline deadline)
{
    private readonly List<TopicPartitionOffset> _offsets = [];
    private readonly Dictionary<InputPartition, long> _committed = [];

    /// <summary>The partition comes anew: what was committed of it is another's affair.</summary>
    public void Forget(int partition)
    {
        for (var input = 0; input < settings.Inputs.Count; input++)
        {
            _committed.Remove(new InputPartition(input, partition));
        }
    }

    /// <summary>A process that stood still for longer than its session lasts does not know yet that its partitions are another's by
    /// now. Its triggers only repeat; its panes and memberships would stand behind the other's newer ones, and its changelog
    /// lines undo the other's. So it commits again what it has committed: the group refuses that from whom it has forgotten. What
    /// is left is to stand still between this and the next lines; only a transaction fences that too.</summary>
    /// <exception cref="KafkaException">It is none, or nobody answered.</exception>
    public void ProveMembership(Dictionary<InputPartition, long> offsets)
    {
        _offsets.Clear();
        foreach (var partition in offsets.Keys)
        {
            if (_committed.TryGetValue(partition, out var offset))
            {
                Add(partition, offset);
            }
        }

        if (_offsets.Count > 0)
        {
            OffsetCommit.Run(consumer, _offsets, deadline.HasPassed);
        }
    }

    /// <exception cref="KafkaException">They are not committed, or nobody answered.</exception>
    public void Commit(Dictionary<InputPartition, long> offsets)
    {
        Gather(offsets);
        OffsetCommit.Run(consumer, _offsets, deadline.HasPassed);
        foreach (var (partition, offset) in offsets)
        {
            _committed[partition] = offset;
        }
    }

    /// <exception cref="KafkaException">This lane is no member any more, or nobody answered.</exception>
    public void CommitWithin(CommitProducer transaction, Dictionary<InputPartition, long> offsets)
    {
        // A client that has learned that it is no member any more has no generation either, and with none the broker
        // would take the offsets as from somebody who needs no fence. It stays so until the next poll.
        Gather(offsets);
        var member = consumer.ConsumerGroupMetadata;
        if (string.IsNullOrEmpty(consumer.MemberId))
        {
            throw new KafkaException(new Error(ErrorCode.UnknownMemberId, "this lane is no member of the group any more"));
        }

        transaction.SendOffsets(_offsets, member);
    }

    private void Gather(Dictionary<InputPartition, long> offsets)
    {
        _offsets.Clear();
        foreach (var (partition, offset) in offsets)
        {
            Add(partition, offset);
        }
    }

    private void Add(InputPartition partition, long offset) =>
        _offsets.Add(new TopicPartitionOffset(settings.Inputs[partition.Input].Topic, partition.Partition, offset));
}
