using StreamSegmenter.Aggregates;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;

namespace StreamSegmenter.Segments;

/// <summary>The aggregates of all segments, each once, and their places in the aggregate area.</summary>
internal sealed class AggregateTable(int offset, Currency currency)
{
    private readonly Dictionary<string, Aggregate> _byCanonical = new(StringComparer.Ordinal);
    private readonly List<Aggregate> _aggregates = [];
    private readonly List<AggregateLayout> _reserved = [];

    /// <summary>A customer's record holds at most so many aggregates.</summary>
    public const int TraitsMax = 4096;

    /// <summary>Where the aggregate area ends.</summary>
    public int Bytes { get; private set; } = offset;

    public IReadOnlyList<Aggregate> Aggregates => _aggregates;

    /// <summary>What a record holds of all this, in the order of the places.</summary>
    public IReadOnlyList<AggregateLayout> Layout =>
        [.. _aggregates.Select(aggregate => new AggregateLayout(aggregate.Meaning, aggregate.SlotBytes)), .. _reserved];

    /// <summary>Keeps bytes behind the aggregates for something else; no aggregate may be added afterwards.</summary>
    /// <returns>Their offset in the aggregate area.</returns>
    public int Reserve(string meaning, int bytes)
    {
        _reserved.Add(new AggregateLayout(meaning, bytes));
        Bytes += bytes;
        return Bytes - bytes;
    }

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
