using StreamSegmenter.Aggregates;
using StreamSegmenter.Events;

namespace StreamSegmenter.Segments;

/// <summary>Which aggregates an event type feeds, and which segments must then be looked at again: those that read such an aggregate, and
/// those that refer to them, in order of evaluation. One look-up per event, by the type's number.</summary>
internal sealed class EventFeeds
{
    private readonly Feed[] _ofType;
    private readonly Feed _ofOtherTypes;

    internal readonly record struct Feed(Aggregate[] Aggregates, int[] Segments);

    public EventFeeds(IReadOnlyList<Aggregate> aggregates, IReadOnlyList<BoundIndex> segments)
    {
        var named = aggregates.SelectMany(aggregate => aggregate.Spec.NamedTypes.Select(type => type.Id + 1)).DefaultIfEmpty().Max();
        HasNet = aggregates.Any(aggregate => aggregate.Spec.IsNet);
        var typeCount = HasNet ? Math.Max(named, EventTypes.WellKnown.Count + 1) : named;
        _ofType = new Feed[typeCount];
        for (var id = 0; id < typeCount; id++)
        {
            var type = new EventType((ushort)id);
            var takesBack = type == EventTypes.OrderRefunded || type == EventTypes.OrderCancelled;
            _ofType[id] = FeedOf(
                aggregates.Where(aggregate => aggregate.Spec.IsFedBy(type)), aggregates.Where(aggregate => takesBack && aggregate.Spec.IsNet), segments);
        }

        _ofOtherTypes = FeedOf(aggregates.Where(aggregate => aggregate.Spec.IsFedBy(EventTypes.Other)), [], segments);
    }

    /// <summary>Whether refunds change an aggregate.</summary>
    public bool HasNet { get; }

    /// <summary>One segment in order of evaluation.</summary>
    internal readonly record struct BoundIndex(int Segment, IReadOnlyList<Mention> Mentions);

    /// <summary>Types that became known after the definitions were compiled have higher numbers.</summary>
    public ref readonly Feed Of(EventType type)
    {
        if (type.Id < _ofType.Length)
        {
            return ref _ofType[type.Id];
        }

        return ref _ofOtherTypes;
    }

    /// <param name="corrected">Aggregates that such an event changes without being folded in.</param>
    private static Feed FeedOf(IEnumerable<Aggregate> fed, IEnumerable<Aggregate> corrected, IReadOnlyList<BoundIndex> segments)
    {
        Aggregate[] aggregates = [.. fed];
        var changed = aggregates.Concat(corrected).ToHashSet();
        var touched = new List<int>();
        foreach (var (segment, mentions) in segments)
        {
            if (mentions.Any(mention => mention.Aggregate is { } aggregate ? changed.Contains(aggregate) : mention.IsSegment && touched.Contains(mention.Segment)))
            {
                touched.Add(segment);
            }
        }

        return new Feed(aggregates, [.. touched]);
    }
}
