using StreamSegmenter.Aggregates;
using StreamSegmenter.Events;

namespace StreamSegmenter.Segments;

/// <summary>Which events of an input count, in the words that stand behind <c>where</c> in a segment. Immutable, so any number of
/// threads may share one.</summary>
internal sealed class EventFilter
{
    private readonly EventPredicate _predicate;

    internal EventFilter(EventPredicate predicate, string canonical)
    {
        _predicate = predicate;
        Canonical = canonical;
    }

    /// <summary>The condition as it was understood.</summary>
    public string Canonical { get; }

    public bool Holds(in StorefrontEvent e, EventBatch batch) => _predicate.Holds(in e, batch);
}
