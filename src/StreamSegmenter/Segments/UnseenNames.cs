using StreamSegmenter.Aggregates;
using StreamSegmenter.Events;

namespace StreamSegmenter.Segments;

/// <summary>The events and properties that segments name and that have not come yet: a name that never comes is probably spelled
/// otherwise. What was seen is not looked for again, so that it costs less and less. One thread.</summary>
internal sealed class UnseenNames
{
    private readonly List<Name> _unseen = [];

    public UnseenNames(SegmentProgram program)
    {
        foreach (var spec in program.Specs)
        {
            _unseen.AddRange(spec.NamedTypes.Select(type => new Name(type, null)));
            EventType? ofType = spec.Sequence is null ? spec.EventType : null;
            _unseen.AddRange(SegmentProgram.PropertiesOf(spec).Select(property => new Name(ofType, property)));
        }

        var distinct = _unseen.DistinctBy(name => name.ToString()).ToArray();
        _unseen.Clear();
        _unseen.AddRange(distinct);
    }

    /// <summary>What never came, in alphabetical order.</summary>
    public IReadOnlyList<string> Names => [.. _unseen.Select(name => name.ToString()).Order(StringComparer.Ordinal)];

    public void Observe(in StorefrontEvent e, EventBatch batch)
    {
        for (var i = _unseen.Count - 1; i >= 0; i--)
        {
            if (_unseen[i].IsIn(in e, batch))
            {
                _unseen.RemoveAt(i);
            }
        }
    }

    private readonly struct Name(EventType? type, string? property)
    {
        private readonly EventField _field = property is null ? default : EventField.Property(property);

        public bool IsIn(in StorefrontEvent e, EventBatch batch) =>
            (type is null || type == e.Type) && (property is null || _field.TryFindProperty(in e, batch, out _));

        public override string ToString() => property is null ? $"event {EventTypes.NameOf(type!.Value)}"
            : type is { } known ? $"property {property} of {EventTypes.NameOf(known)}"
            : $"property {property}";
    }
}
