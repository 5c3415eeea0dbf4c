namespace StreamSegmenter.Events;

/// <summary>An event type's number within this process; <see cref="EventTypes"/> gives its name. Never persisted.</summary>
internal readonly record struct EventType(ushort Id);
