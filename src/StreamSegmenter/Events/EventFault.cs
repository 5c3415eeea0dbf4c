namespace StreamSegmenter.Events;

/// <summary>Why a decoded event is refused.</summary>
internal enum EventFault : byte
{
    None,
    MissingEventTime,
    MissingCustomer,
    MissingEventType,
    TooLarge,
}
