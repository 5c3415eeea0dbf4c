using StreamSegmenter.Aggregates;
using StreamSegmenter.Events;

namespace StreamSegmenter.Segments;

/// <summary>The traits of all segments, each once, and their places in the trait area.</summary>
internal sealed class TraitTable(int offset, Currency currency)
{
    private readonly Dictionary<string, Trait> _byCanonical = new(StringComparer.Ordinal);
    private readonly List<Trait> _traits = [];

    /// <summary>A customer's record holds at most so many traits.</summary>
    public const int TraitsMax = 4096;

    /// <summary>Where the trait area ends.</summary>
    public int Bytes { get; private set; } = offset;

    public IReadOnlyList<Trait> Traits => _traits;

    /// <summary>The trait of that specification, made when it is new; null when there are too many.</summary>
    public Trait? Share(TraitSpec spec)
    {
        if (_byCanonical.TryGetValue(spec.Canonical, out var known))
        {
            return known;
        }

        if (_traits.Count == TraitsMax)
        {
            return null;
        }

        var trait = new Trait(spec, (ushort)_traits.Count, Bytes, currency);
        _traits.Add(trait);
        _byCanonical.Add(spec.Canonical, trait);
        Bytes += trait.SlotBytes;
        return trait;
    }
}
