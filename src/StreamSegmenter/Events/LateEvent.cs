namespace StreamSegmenter.Events;

/// <summary>An event that came later than grace allows: not applied, and never dropped silently.</summary>
/// <param name="Source">Topic or file name.</param>
/// <param name="Partition">Partition of the record; 0 for a file.</param>
/// <param name="Offset">Offset of the record; the line number (from 1) for a file.</param>
/// <param name="CustomerId">The customer key.</param>
/// <param name="EventType">Canonical name of the event type.</param>
/// <param name="EventTimeMs">Event time, epoch milliseconds.</param>
/// <param name="WatermarkMs">The shard's watermark when the event arrived, epoch milliseconds.</param>
public sealed record LateEvent(
    string Source, int Partition, long Offset, string CustomerId, string EventType, long EventTimeMs, long WatermarkMs);
