using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Engine.Shards;

/// <summary>Keys whose newest line in the changelog may not be what the store holds, because the commit that wrote it was never
/// completed. A restore passes such lines over while they are the last ones; so that they do not count later either,
/// behind the mark of the next commit, what the store holds of them is written again first (<c>ChangelogRepair</c>).</summary>
internal sealed class SuspectKeys
{
    private readonly HashSet<byte[]> _keys = new(new KeyComparer());

    public int Count => _keys.Count;

    public void Add(ReadOnlySpan<byte> key)
    {
        if (!key.SequenceEqual(StateKey.ShardKey))
        {
            _keys.Add(key.ToArray());
        }
    }

    public void Add(SuspectKeys others) => _keys.UnionWith(others._keys);

    /// <summary>What the store says of them; behind it come the lines of what changed since.</summary>
    public void Gather(int partition, CustomerStore store, List<ChangelogRecord> changelog)
    {
        foreach (var key in _keys)
        {
            changelog.Add(new ChangelogRecord(partition, key, store.TryRead(key, out var value) ? value.ToArray() : default));
        }
    }

    public void Clear() => _keys.Clear();

    private sealed class KeyComparer : IEqualityComparer<byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] key)
        {
            var hash = default(HashCode);
            hash.AddBytes(key);
            return hash.ToHashCode();
        }
    }
}
