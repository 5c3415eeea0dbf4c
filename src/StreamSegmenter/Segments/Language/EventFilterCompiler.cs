using StreamSegmenter.Events;

namespace StreamSegmenter.Segments.Language;

/// <summary>Compiles the condition of an input.</summary>
internal static class EventFilterCompiler
{
    /// <returns>Null when <paramref name="errors"/> were added.</returns>
    /// <param name="condition">Its text, and where it stands.</param>
    /// <param name="currency">Of amounts that the condition compares with.</param>
    /// <param name="knownEventTypes">Event names that the configuration gives, beside the well-known ones.</param>
    /// <param name="zone">The shop's: in which a where counts days and hours.</param>
    public static EventFilter? Compile(
        SegmentDefinition condition, Currency currency, TimeZoneInfo zone, IReadOnlyCollection<string> knownEventTypes, List<DefinitionError> errors)
    {
        var before = errors.Count;
        return SegmentParser.Parse(condition, errors) is { } parsed
            && PredicateBinder.Bind(
                parsed, new ErrorSink(condition.File, errors), currency, new EventNames(knownEventTypes), new Calendars(zone, null, null)) is { } bound
            && errors.Count == before
            ? new EventFilter(bound.Predicate, bound.Canonical)
            : null;
    }
}
