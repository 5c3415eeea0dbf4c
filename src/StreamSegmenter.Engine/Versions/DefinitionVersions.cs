namespace StreamSegmenter.Engine.Versions;

/// <summary>All versions of the definitions that this process knows, in the order in which they take effect. One thread adds, any
/// thread reads. They are never taken back: a shard that stands in the past needs the version of then.
/// <para>Bound: none. A version takes as much memory as its definitions, compiled: a thousand of forty segments take a few hundred
/// megabytes, and no shop changes its definitions so often.</para></summary>
internal sealed class DefinitionVersions(DefinitionVersion first)
{
    private readonly Lock _adding = new();
    private volatile DefinitionVersion[] _all = [first];
    private volatile string? _fault;
    private long _refused;

    public IReadOnlyList<DefinitionVersion> All => _all;

    /// <summary>That of the configuration with which the process started.</summary>
    public DefinitionVersion First => _all[0];

    public DefinitionVersion Latest => _all[^1];

    /// <summary>What is wrong with the latest definitions that were offered; null when they were taken.</summary>
    public string? Fault => _fault;

    /// <summary>How often definitions were refused.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>The version that follows the one at that place; null: none that is known yet.</summary>
    public DefinitionVersion? After(int index)
    {
        var all = _all;
        return index + 1 < all.Length ? all[index + 1] : null;
    }

    /// <returns>-1: it is not known.</returns>
    public int IndexOf(string id) => Array.FindLastIndex(_all, version => version.Id == id);

    /// <summary>Adds a version. One that would take effect before the version before it follows that at once.</summary>
    public void Add(DefinitionVersion version)
    {
        lock (_adding)
        {
            var earliestMs = _all[^1].EffectiveMs + 1;
            _all = [.. _all, version with { EffectiveMs = Math.Max(version.EffectiveMs, earliestMs) }];
            _fault = null;
        }
    }

    /// <summary>Definitions were offered that cannot be used: what is in force stays.</summary>
    public void Refuse(string fault)
    {
        _fault = fault;
        Interlocked.Increment(ref _refused);
    }

    /// <summary>Those that were offered are the ones in force.</summary>
    public void ClearFault() => _fault = null;
}
