using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Testing.Model;

/// <summary>A consumer group: its members, who owns which partition number (the same of every input, as the range assignor has
/// it), and the committed offsets. Every change of the members starts a new generation; a member follows it when it next
/// asks. Who is silent for too long is no member any more and learns it last.</summary>
/// <param name="incremental">True: a member gives up only what it loses. False: everything, at every new generation, and
/// nothing is handed out before everybody has.</param>
/// <param name="goesBack">True: offsets may go back, as they do where a commit that seemed to have failed is done again.</param>
internal sealed class GroupCoordinator(int partitions, bool incremental, bool goesBack)
{
    private readonly SortedDictionary<string, Member> _members = new(StringComparer.Ordinal);
    private readonly HashSet<string> _replaced = [];
    private readonly (string Member, int Generation)?[] _owners = new (string, int)?[partitions];
    private readonly Dictionary<InputPartition, long> _offsets = [];

    private sealed class Member(string? instance)
    {
        public string? Instance => instance;

        public long SeenAtMs { get; set; }

        public int Generation { get; set; }
    }

    /// <summary>False: commits of those who are no members any more count, as a broken broker would have it.</summary>
    public bool Fences { get; init; } = true;

    public int Generation { get; private set; } = 1;

    public bool IsIncremental => incremental;

    public int MemberCount => _members.Count;

    public IReadOnlyDictionary<InputPartition, long> Offsets => _offsets;

    /// <summary>Every partition is owned by a member that follows the present generation.</summary>
    public bool IsSettled => _members.Values.All(member => member.Generation == Generation)
        && Array.TrueForAll(_owners, owner => owner is not null && _members.ContainsKey(owner.Value.Member));

    public void Join(string id, string? instance, long nowMs)
    {
        var before = instance is null ? null : _members.FirstOrDefault(member => member.Value.Instance == instance).Key;
        if (before is not null)
        {
            _members.Remove(before);
            _replaced.Add(before);
            Free(before);
        }

        _members.Add(id, new Member(instance) { SeenAtMs = nowMs });
        Generation++;
    }

    public bool Knows(string id) => _members.ContainsKey(id);

    /// <summary>Another process has joined under the same static name: this one must stop.</summary>
    public bool IsReplaced(string id) => _replaced.Contains(id);

    public void Heartbeat(string id, long nowMs)
    {
        if (_members.TryGetValue(id, out var member))
        {
            member.SeenAtMs = nowMs;
        }
    }

    /// <summary>The member has given up what it had to and follows the generation.</summary>
    public void Follow(string id)
    {
        if (_members.TryGetValue(id, out var member))
        {
            member.Generation = Generation;
        }
    }

    public void Leave(string id)
    {
        if (_members.Remove(id))
        {
            Free(id);
            Generation++;
        }
    }

    public void Expire(long seenBeforeMs)
    {
        foreach (var id in _members.Where(member => member.Value.SeenAtMs < seenBeforeMs).Select(member => member.Key).ToArray())
        {
            Leave(id);
        }
    }

    /// <summary>The partitions that are a member's share: a range, members in the order of their ids.</summary>
    public IReadOnlyList<int> ShareOf(string id)
    {
        var place = _members.Keys.ToList().IndexOf(id);
        return place < 0 ? [] : [.. Enumerable.Range(0, partitions).Where(partition => partition * _members.Count / partitions == place)];
    }

    /// <summary>Takes a partition of its share; false while somebody else still has it.</summary>
    public bool TryTake(string id, int partition)
    {
        var isFree = _members.ContainsKey(id) && _owners[partition] is null
            && (incremental || Array.TrueForAll(_owners, owner => owner is null || owner.Value.Generation == Generation));
        if (isFree)
        {
            _owners[partition] = (id, Generation);
        }

        return isFree;
    }

    public void Release(string id, int partition)
    {
        if (_owners[partition]?.Member == id)
        {
            _owners[partition] = null;
        }
    }

    /// <summary>Whether offsets of this member, at the generation that it follows, may still be committed.</summary>
    public bool Accepts(string id, int generation) =>
        !Fences || (_members.TryGetValue(id, out var member) && member.Generation == generation);

    public void Commit(IEnumerable<KeyValuePair<InputPartition, long>> offsets)
    {
        foreach (var (partition, offset) in offsets)
        {
            if (_offsets.TryGetValue(partition, out var before) && offset < before && !goesBack)
            {
                throw new BrokenPromiseException($"the committed offset of {partition} went back from {before} to {offset}");
            }

            _offsets[partition] = offset;
        }
    }

    private void Free(string id)
    {
        for (var partition = 0; partition < partitions; partition++)
        {
            Release(id, partition);
        }
    }
}
