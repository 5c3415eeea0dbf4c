using StreamSegmenter.Aggregates;
using StreamSegmenter.Events;

namespace StreamSegmenter.Segments;

/// <summary>The aggregates of all segments, each once, and their places in the aggregate area.</summary>
internal sealed class AggregateTable(int offset, Currency currency)
{
    private readonly Dictionary<string, Aggregate> _byCanonical = new(StringComparer.Ordinal);
    private readonly List<Aggregate> _aggregates = [];

    /// <summary>A customer's record holds at most so many aggregates.</summary>
    public const int TraitsMax = 4096;

    /// <summary>Where the aggregate area ends.</summary>
    public int Bytes { get; private set; } = offset;

    public IReadOnlyList<Aggregate> Aggregates => _aggregates;

    /// <summary>The aggregate of that specification, made when it is new; null when there are too many.</summary>
    public Aggregate? Share(AggregateSpec spec)
    {
        if (_byCanonical.TryGetValue(spec.Canonical, out var known))
        {
            return known;
        }

        if (_aggregates.Count == TraitsMax)
        {
            return null;
        }

        var aggregate = new Aggregate(spec, (ushort)_aggregates.Count, Bytes, currency);
        _aggregates.Add(aggregate);
        _byCanonical.Add(spec.Canonical, aggregate);
        Bytes += aggregate.SlotBytes;
        return aggregate;
    }
}
