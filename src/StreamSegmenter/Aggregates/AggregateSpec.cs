using StreamSegmenter.Events;
using StreamSegmenter.Windows;

namespace StreamSegmenter.Aggregates;

/// <summary>What an aggregate is made of; equal specifications are one aggregate, shared by all segments that read it.</summary>
/// <param name="EventType">Null: every type.</param>
/// <param name="Window">Null: since the first event.</param>
/// <param name="Canonical">The aggregate in the language, with canonical names and its pane.</param>
internal sealed record AggregateSpec(
    AggregateKind Kind, EventType? EventType, EventField Field, EventPredicate? Where, SlidingWindow? Window,
    AggregateType Type, string Canonical)
{
    /// <summary>A window of the calendar, instead of <see cref="Window"/>.</summary>
    public CalendarPeriod? Period { get; init; }

    /// <summary>Whose days <see cref="Period"/> and <see cref="Where"/> count in; null where nothing asks for a day.</summary>
    public CustomerCalendar? Calendar { get; init; }

    /// <summary>Of a sequence, its steps.</summary>
    public SequenceSpec? Sequence { get; init; }

    /// <summary>Whether events of a type are folded in.</summary>
    public bool IsFedBy(EventType type) => Sequence?.IsFedBy(type) ?? (EventType is null || EventType == type);

    /// <summary>Whether refunds and cancellations change the value at the instant of their order.</summary>
    public bool IsNet => Field.Kind == FieldKind.Net;

    /// <summary>The types that are named; an aggregate of every type names none.</summary>
    public IEnumerable<EventType> NamedTypes => Sequence?.NamedTypes ?? (EventType is { } type ? [type] : []);
}
