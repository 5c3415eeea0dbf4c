using StreamSegmenter.Engine.State;
using StreamSegmenter.Events;

namespace StreamSegmenter.Engine.Contracts;

/// <summary>The one way from a record to its events, the same for every source: decodes, and refuses with the original
/// bytes what cannot be read or must not be believed.</summary>
internal static class RecordIntake
{
    private const long EarliestMs = -62135596800000;
    private const long LatestMs = 253402300799999;

    /// <param name="source">Topic or file name, for dead letters.</param>
    /// <returns><see cref="DecodeStatus.Unavailable"/> with a reason when the record should be tried again later; nothing
    /// was appended then.</returns>
    public static DecodeOutcome Take(in SourceRecord record, string source, IRecordDecoder decoder, PolledRecords polled)
    {
        var before = polled.Events.Count;
        var outcome = decoder.Decode(in record, polled.Events);
        if (outcome.Status == DecodeStatus.Unavailable)
        {
            return outcome;
        }

        polled.RecordCount++;
        polled.ByteCount += record.Value.Length;
        if (outcome.Status == DecodeStatus.Refused)
        {
            polled.Refused.Add(Letter(in record, source, outcome.Reason!));
            return DecodeOutcome.Decoded;
        }

        for (var i = before; i < polled.Events.Count; i++)
        {
            ref readonly var e = ref polled.Events[i];
            if (e.EventTimeMs > polled.LatestPlausibleMs)
            {
                polled.AheadOfClock.Add(Letter(in record, source, AheadReason(e.EventTimeMs, polled.LatestPlausibleMs)));
                polled.Events.TruncateTo(before);
            }
            else if (Unacceptable(in e) is { } reason)
            {
                polled.Refused.Add(Letter(in record, source, reason));
                polled.Events.TruncateTo(before);
            }
        }

        if (outcome.Reason is { } problem && polled.Events.Count > before)
        {
            ref readonly var first = ref polled.Events[before];
            polled.Refused.Add(Letter(in record, source, problem) with
            {
                Kind = DeadLetterKind.Partial,
                CustomerId = System.Text.Encoding.UTF8.GetString(polled.Events.Text(in first, first.CustomerKey)),
            });
        }

        return DecodeOutcome.Decoded;
    }

    private static string? Unacceptable(in StorefrontEvent e)
    {
        if (e.EventTimeMs is < EarliestMs or > LatestMs)
        {
            return $"event_time {e.EventTimeMs} ms is outside the years 1 to 9999; check the mapping's timeFormat";
        }

        if (e.CustomerKey.Length > StateKey.CustomerKeyBytesMax)
        {
            return $"the customer key is {e.CustomerKey.Length} bytes long; at most {StateKey.CustomerKeyBytesMax} are accepted";
        }

        // Carts are part of the customer's record, whose size is bounded.
        return e.CartId.Length > StateKey.CustomerKeyBytesMax
            ? $"cart_id is {e.CartId.Length} bytes long; at most {StateKey.CustomerKeyBytesMax} are accepted"
            : null;
    }

    private static string AheadReason(long eventTimeMs, long latestMs) =>
        $"event_time {Iso(eventTimeMs)} lies ahead of the clock by more than engine.maxClockSkew (latest accepted: {Iso(latestMs)}); "
        + "correct the producer's clock or unit of time";

    private static string Iso(long timeMs) =>
        timeMs is < EarliestMs or > LatestMs
            ? timeMs.ToString(System.Globalization.CultureInfo.InvariantCulture) + " ms"
            : DateTimeOffset.FromUnixTimeMilliseconds(timeMs).ToString(
                "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private static DeadLetter Letter(in SourceRecord record, string source, string reason) => new(
        source, record.Partition, record.Offset, reason, record.Key.ToArray(), record.Value.ToArray());
}
