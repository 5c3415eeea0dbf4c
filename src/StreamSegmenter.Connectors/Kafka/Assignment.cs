using Confluent.Kafka;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>The partitions of a lane, and which shards they make: shard p is complete when partition p of every input is
/// here. Topics are numbered like the inputs.</summary>
internal sealed class Assignment(IReadOnlyList<string> topics)
{
    private readonly Dictionary<string, int> _numbers = TopicNumbers.Of(topics);
    private readonly List<AssignedPartition?>[] _byInput = [.. topics.Select(_ => new List<AssignedPartition?>())];
    private readonly List<AssignedPartition> _all = [];
    private readonly HashSet<int> _shards = [];

    /// <summary>Every partition here, those of incomplete shards too.</summary>
    public IReadOnlyList<AssignedPartition> Partitions => _all;

    /// <summary>The complete shards.</summary>
    public IReadOnlySet<int> Shards => _shards;

    public AssignedPartition? Find(int input, int partition)
    {
        var partitions = _byInput[input];
        return (uint)partition < (uint)partitions.Count ? partitions[partition] : null;
    }

    public AssignedPartition? Find(TopicPartition place) =>
        _numbers.TryGetValue(place.Topic, out var input) ? Find(input, place.Partition.Value) : null;

    /// <summary>Takes partitions in and returns the shards that they complete, in ascending order.</summary>
    public List<int> Add(IEnumerable<TopicPartition> places)
    {
        var candidates = new SortedSet<int>();
        foreach (var place in places)
        {
            if (!_numbers.TryGetValue(place.Topic, out var input) || Find(input, place.Partition.Value) is not null)
            {
                continue;
            }

            var partition = place.Partition.Value;
            var added = new AssignedPartition(new InputPartition(input, partition), place);
            while (_byInput[input].Count <= partition)
            {
                _byInput[input].Add(null);
            }

            _byInput[input][partition] = added;
            _all.Add(added);
            candidates.Add(partition);
        }

        return [.. candidates.Where(shard => Enumerable.Range(0, _byInput.Length).All(input => Find(input, shard) is not null))];
    }

    /// <summary>The shard was handed to the lane.</summary>
    public void Complete(int shard) => _shards.Add(shard);

    /// <summary>The complete shards that lose a partition when these go, in ascending order.</summary>
    public List<int> ShardsOf(IEnumerable<TopicPartition> places) =>
        [.. new SortedSet<int>(places.Select(place => place.Partition.Value).Where(_shards.Contains))];

    public void Remove(IEnumerable<TopicPartition> places)
    {
        foreach (var place in places)
        {
            if (Find(place) is { } removed)
            {
                _byInput[removed.Key.Input][place.Partition.Value] = null;
                _all.Remove(removed);
                _shards.Remove(place.Partition.Value);
            }
        }
    }
}
