namespace StreamSegmenter.Events;

/// <summary>Which of an event's fields that are no texts were present in its record.</summary>
[Flags]
internal enum EventFields : byte
{
    None = 0,
    EventTime = 1,
    Quantity = 2,
    Price = 4,
    Total = 8,

    /// <summary>Not a field: the event came behind its shard's watermark, within grace.</summary>
    Late = 16,

    /// <summary>The record had a list of items, which may be empty; see <see cref="StorefrontEvent.Lines"/>.</summary>
    Items = 32,

    /// <summary>Not a field: the event id is that of a record with several events, so only together with
    /// <see cref="StorefrontEvent.IndexInRecord"/> it names this one.</summary>
    SharedId = 64,
}
