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

    /// <summary>Not a field: the event came behind its shard's watermark, within grace.</summary>
    Late = 16,
}
