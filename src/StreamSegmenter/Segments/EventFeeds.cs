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
        var typeCount = aggregates.Select(aggregate => aggregate.Spec.EventType is { } type ? type.Id + 1 : 0).DefaultIfEmpty().Max();
        _ofType = new Feed[typeCount];
        for (var id = 0; id < typeCount; id++)
        {
            var type = new EventType((ushort)id);
            _ofType[id] = FeedOf(aggregates.Where(aggregate => aggregate.Spec.EventType is null || aggregate.Spec.EventType == type), segments);
        }

        _ofOtherTypes = FeedOf(aggregates.Where(aggregate => aggregate.Spec.EventType is null), segments);
    }

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

    private static Feed FeedOf(IEnumerable<Aggregate> fed, IReadOnlyList<BoundIndex> segments)
    {
        Aggregate[] aggregates = [.. fed];
        var touched = new List<int>();
        foreach (var (segment, mentions) in segments)
        {
            if (mentions.Any(mention => mention.Aggregate is { } aggregate ? aggregates.Contains(aggregate) : touched.Contains(mention.Segment)))
            {
                touched.Add(segment);
            }
        }

        return new Feed(aggregates, [.. touched]);
    }
}
