using System.Runtime.ExceptionServices;
using Confluent.Kafka;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Serves the group's rebalances: tells the lane which shards come and go, and takes what was polled of the lost ones
/// out of its hands. Called by the client inside a poll; what goes wrong is kept for <see cref="ThrowIfFailed"/>, because
/// exceptions do not cross native code.</summary>
internal sealed class GroupChanges(KafkaSettings settings, Assignment assignment, PolledPruner pruner)
{
    private readonly IReadOnlyList<KafkaInput> _sources = settings.Sources;
    private static readonly TimeSpan CommittedTimeout = TimeSpan.FromSeconds(30);
    private ExceptionDispatchInfo? _failure;

    public IAssignmentListener? Listener { get; set; }

    public Assignment Assignment => assignment;

    /// <summary>Returns where to read each of these partitions from.</summary>
    public IEnumerable<TopicPartitionOffset> Assigned(
        IConsumer<CapturedBytes, CapturedBytes> consumer, List<TopicPartition> places)
    {
        try
        {
            foreach (var shard in assignment.Add(places))
            {
                Start(shard, places);
            }

            foreach (var place in places)
            {
                HoldIfIncomplete(place);
            }

            return StartOffsets(consumer, places);
        }
        catch (Exception e)
        {
            Fail(e);
            return [.. places.Select(place => new TopicPartitionOffset(place, Offset.Unset))];
        }
    }

    /// <summary>Still owned: the lane commits and drops the shards.</summary>
    public void Revoked(IConsumer<CapturedBytes, CapturedBytes> consumer, List<TopicPartition> places, PolledRecords? polled) =>
        Leave(consumer, places, polled, owned: true);

    /// <summary>Owned by others already: the lane drops the shards.</summary>
    public void Lost(IConsumer<CapturedBytes, CapturedBytes> consumer, List<TopicPartition> places, PolledRecords? polled) =>
        Leave(consumer, places, polled, owned: false);

    public void ThrowIfFailed() => _failure?.Throw();

    private void Start(int shard, List<TopicPartition> places)
    {
        Span<long> offsets = stackalloc long[_sources.Count];
        offsets.Fill(-1);
        Listener?.OnAssigned(shard, offsets);
        assignment.Complete(shard);
        for (var input = 0; input < offsets.Length; input++)
        {
            var partition = assignment.Find(input, shard)!;
            if (places.Contains(partition.Place))
            {
                partition.StartAt(offsets[input]);
            }
            else
            {
                // It came in an earlier rebalance and waited for its siblings: the next poll takes it up.
                partition.Hold(offsets[input] >= 0 ? offsets[input] : partition.HeldAt, until: 0);
            }
        }
    }

    private void HoldIfIncomplete(TopicPartition place)
    {
        var shard = place.Partition.Value;
        if (assignment.Shards.Contains(shard))
        {
            return;
        }

        if (settings.GroupProtocol == GroupProtocol.Classic)
        {
            throw new KafkaLaneException(
                $"Partition {shard} of topic '{place.Topic}' was assigned to this lane without partition {shard} of every other "
                + $"input ({string.Join(", ", _sources.Select(input => input.Topic))}). All inputs need the same number "
                + "of partitions, and every member of the group the same inputs and the same version of the program.");
        }

        for (var input = 0; input < _sources.Count; input++)
        {
            assignment.Find(input, shard)?.Hold(-1, until: long.MaxValue);
        }
    }

    private List<TopicPartitionOffset> StartOffsets(
        IConsumer<CapturedBytes, CapturedBytes> consumer, List<TopicPartition> places)
    {
        var known = new List<TopicPartitionOffset>(places.Count);
        var fromEnd = new List<TopicPartition>();
        foreach (var place in places)
        {
            var position = assignment.Find(place)?.Position ?? -1;
            if (position < 0 && _sources.Any(input => input.Topic == place.Topic && input.StartAt == StartAt.Latest))
            {
                fromEnd.Add(place);
            }
            else
            {
                // Unset: the group's committed offset, else the earliest.
                known.Add(new TopicPartitionOffset(place, position >= 0 ? position : Offset.Unset));
            }
        }

        if (fromEnd.Count > 0)
        {
            known.AddRange(consumer.Committed(fromEnd, CommittedTimeout).Select(committed =>
                committed.Offset == Offset.Unset ? new TopicPartitionOffset(committed.TopicPartition, Offset.End) : committed));
        }

        return known;
    }

    private void Leave(IConsumer<CapturedBytes, CapturedBytes> consumer, List<TopicPartition> places, PolledRecords? polled, bool owned)
    {
        var shards = assignment.ShardsOf(places);
        try
        {
            if (polled is not null && shards.Count > 0)
            {
                pruner.Remove(polled, (_, partition) => shards.Contains(partition));
            }

            if (shards.Count > 0)
            {
                if (owned)
                {
                    Listener?.OnRevoking(shards);
                }
                else
                {
                    Listener?.OnLost(shards);
                }
            }

            EndPauses(consumer, places);
        }
        catch (Exception e)
        {
            Fail(e);
        }

        assignment.Remove(places);
        HoldSiblings(shards);
    }

    /// <summary>A client keeps a pause for as long as it lives: a partition that went away paused would be assigned again and never read.</summary>
    private void EndPauses(IConsumer<CapturedBytes, CapturedBytes> consumer, List<TopicPartition> places)
    {
        var paused = places.FindAll(place => assignment.Find(place) is { PausedByHold: true } or { PausedByLane: true });
        if (paused.Count > 0)
        {
            consumer.Resume(paused);
        }
    }

    /// <summary>A partition whose shard has gone waits for the shard's other partitions. A pause for the shard's sake becomes the hold's, and ends with
    /// it: the shard that comes back does not know of it.</summary>
    private void HoldSiblings(List<int> shards)
    {
        foreach (var shard in shards)
        {
            for (var input = 0; input < _sources.Count; input++)
            {
                if (assignment.Find(input, shard) is { } sibling)
                {
                    sibling.PausedByHold |= sibling.PausedByLane;
                    sibling.PausedByLane = false;
                    sibling.Hold(sibling.Position, until: long.MaxValue);
                }
            }
        }
    }

    private void Fail(Exception e) => _failure ??= ExceptionDispatchInfo.Capture(e);
}
