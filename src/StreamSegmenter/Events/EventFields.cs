namespace StreamSegmenter.Events;

/// <summary>Which of an event's numeric fields were present in its record.</summary>
[Flags]
public enum EventFields : byte
{
    None = 0,
    EventTime = 1,
    Quantity = 2,
    Price = 4,
    Total = 8,
}
