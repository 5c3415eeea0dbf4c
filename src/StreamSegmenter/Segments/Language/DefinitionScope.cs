using StreamSegmenter.Events;

namespace StreamSegmenter.Segments.Language;

/// <summary>What all binders of a definition share.</summary>
internal sealed record DefinitionScope(ErrorSink Errors, Currency Currency, EventNames Names, AggregateTable Aggregates, Calendars Calendars);
