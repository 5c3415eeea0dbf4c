using StreamSegmenter.Events;

namespace StreamSegmenter.Aggregates;

/// <summary>An event of a sequence.</summary>
/// <param name="EventType">Null: every type.</param>
internal sealed record SequenceStep(EventType? EventType, EventPredicate? Where)
{
    public bool Accepts(in StorefrontEvent e, EventBatch batch, Customers.CustomerRecord record) =>
        (EventType is null || EventType == e.Type) && (Where is null || Where.Holds(in e, batch, record));
}

/// <summary>Events that follow one another within a time, and those that must not come between them.</summary>
/// <param name="Steps">In their order; at least one.</param>
/// <param name="NotAfter">For each step what must not come behind it, before the next one or, of the last, before the time is over.</param>
/// <param name="WithinMs">The last step comes less than this after the first; what is absent at the end is absent for so long.</param>
/// <param name="Same">The field that all events share; <see cref="FieldKind.None"/>: any.</param>
internal sealed record SequenceSpec(
    IReadOnlyList<SequenceStep> Steps, IReadOnlyList<IReadOnlyList<SequenceStep>> NotAfter, long WithinMs, EventField Same)
{
    /// <summary>Whether time completes it.</summary>
    public bool EndsInAbsence => NotAfter[^1].Count > 0;

    public IEnumerable<SequenceStep> All => Steps.Concat(NotAfter.SelectMany(steps => steps));

    public IEnumerable<EventType> NamedTypes => All.Select(step => step.EventType).OfType<EventType>();

    public bool IsFedBy(EventType type) => All.Any(step => step.EventType is null || step.EventType == type);
}
