namespace StreamSegmenter.Customers;

/// <summary>The session that the customer's last event belongs to.</summary>
/// <param name="EndsMs">Its last event + the gap: an event after this begins another.</param>
internal sealed record SessionView(long StartMs, long LastMs, long EndsMs, long Events, int FunnelSteps, bool HasCart, bool HasOrder);
