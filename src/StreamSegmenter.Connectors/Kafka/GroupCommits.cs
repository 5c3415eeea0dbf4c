using Confluent.Kafka;
using StreamSegmenter.Connectors.Kafka.Native;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>What a lane commits to its group, and so finds out whether it still is a member: the offsets of the inputs, alone or
/// in a transaction; and how far its state is in the changelog. Nobody reads the latter. It is there to be committed when
/// there is nothing else that could be, without changing anything for anybody: an offset of an input would be taken for
/// the group's progress, by the next start and by <see cref="GroupOffsets"/>. Lane's thread only.</summary>
/// <param name="positions">Per partition of the changelog the offset behind the last commit.</param>
internal sealed class GroupCommits(
    KafkaSettings settings, IConsumer<CapturedBytes, CapturedBytes> consumer, CommitDeadline deadline,
    IReadOnlyDictionary<int, long> positions)
{
    private readonly List<TopicPartitionOffset> _offsets = [];
    private readonly IReadOnlyList<KafkaInput> _sources = settings.Sources;

    /// <summary>A process that stood still for longer than its session lasts does not know yet that its partitions are another's by
    /// now. Its triggers only repeat; its panes and memberships would stand behind the other's newer ones, and its changelog
    /// lines undo the other's. So it commits again how far one of its shards is: the group refuses that from whom it has
    /// forgotten, whatever the partition, from the first commit on. What is left is to stand still between this and the
    /// next lines; only a transaction fences that too.</summary>
    /// <exception cref="KafkaException">It is none, or nobody answered.</exception>
    public void ProveMembership(CommitUnit unit)
    {
        ThrowIfForgotten();
        _offsets.Clear();
        AddPosition(unit);
        if (_offsets.Count > 0)
        {
            CommitAlone();
        }
    }

    /// <summary>Whether the group knows another member by this lane's name. Commits once more how far a shard is, to learn it.</summary>
    public bool HasNameOfAnother(int partition)
    {
        try
        {
            ThrowIfForgotten();
            _offsets.Clear();
            _offsets.Add(new TopicPartitionOffset(settings.Outputs.Changelog, partition, positions.GetValueOrDefault(partition)));
            CommitAlone();
            return false;
        }
        catch (KafkaException e)
        {
            // The client may have learned it before, by a heartbeat. No answer is none; the next poll will tell.
            return e.Error.Code == ErrorCode.FencedInstanceId || NativeHandle.FatalError(consumer)?.Code == ErrorCode.FencedInstanceId;
        }
    }

    /// <param name="delivered">Per partition of the changelog the offset behind the last line of this commit.</param>
    /// <exception cref="KafkaException">They are not committed, or nobody answered.</exception>
    public void Commit(CommitUnit unit, IReadOnlyDictionary<int, long> delivered)
    {
        ThrowIfForgotten();
        Gather(unit.Offsets);
        foreach (var (partition, end) in delivered)
        {
            _offsets.Add(new TopicPartitionOffset(settings.Outputs.Changelog, partition, end));
        }

        CommitAlone();
    }

    /// <summary>That is what fences a transaction of a lane whose partitions are another's: so there is always an offset in it.</summary>
    /// <exception cref="KafkaException">This lane is no member any more, or nobody answered.</exception>
    public void CommitWithin(CommitProducer transaction, CommitUnit unit)
    {
        Gather(unit.Offsets);
        if (_offsets.Count == 0)
        {
            AddPosition(unit);
        }

        var member = consumer.ConsumerGroupMetadata;
        ThrowIfForgotten();
        if (_offsets.Count > 0)
        {
            transaction.SendOffsets(_offsets, member);
        }
    }

    /// <summary>A client that has learned that it is no member any more has no generation either, and with none the broker takes
    /// offsets as from somebody who needs no fence, while the group is empty. It stays so until the next poll.</summary>
    private void ThrowIfForgotten()
    {
        if (string.IsNullOrEmpty(consumer.MemberId) || Librdkafka.AssignmentLost(NativeHandle.Of(consumer)) != 0)
        {
            throw new KafkaException(new Error(ErrorCode.UnknownMemberId, "this lane is no member of the group any more"));
        }
    }

    private void CommitAlone() => deadline.AwaitGroup(() => OffsetCommit.Run(consumer, _offsets, deadline.HasPassed));

    private void Gather(Dictionary<InputPartition, long> offsets)
    {
        _offsets.Clear();
        foreach (var (partition, offset) in offsets)
        {
            _offsets.Add(new TopicPartitionOffset(_sources[partition.Input].Topic, partition.Partition, offset));
        }
    }

    /// <summary>Of any shard of the unit. One that has neither lines nor offsets is of no shard: nobody's state changes.</summary>
    private void AddPosition(CommitUnit unit)
    {
        if (unit.AnyPartition is >= 0 and var partition)
        {
            _offsets.Add(new TopicPartitionOffset(settings.Outputs.Changelog, partition, positions.GetValueOrDefault(partition)));
        }
    }
}
