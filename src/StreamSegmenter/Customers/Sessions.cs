using StreamSegmenter.Events;

namespace StreamSegmenter.Customers;

/// <summary>What one event meant for its customer's session: only what happened for the first time in it.</summary>
internal readonly record struct SessionProgress(bool Began, bool FirstCart, bool FirstOrder, int FunnelFrom, int FunnelTo)
{
    /// <summary>The event belongs to a session that is over and no longer held.</summary>
    public static SessionProgress None => default;

    public bool Changed => Began || FirstCart || FirstOrder || FunnelTo > FunnelFrom;
}

/// <summary>Session arithmetic. A session ends a gap after its last event: an event at exactly last + gap still belongs
/// to it, one later begins the next. Worked example, gap 30: events at 0, 30, 61 are two sessions, {0, 30} and {61}.</summary>
internal sealed class Sessions(long gapMs, IReadOnlyList<EventType> funnel)
{
    /// <summary>Folds one event into the session fields of the header.</summary>
    /// <param name="seen">What the event is for the session.</param>
    public SessionProgress Fold(ref CustomerHeader header, EventType type, long eventTimeMs, SessionFlags seen)
    {
        var began = header.Sessions == 0 || eventTimeMs > header.SessionLastMs + gapMs;
        if (began)
        {
            header.Sessions++;
            header.SessionStartMs = header.SessionLastMs = eventTimeMs;
            header.SessionFlags = SessionFlags.None;
            header.SessionEvents = 0;
            header.FunnelSteps = 0;
        }
        else if (eventTimeMs < header.SessionStartMs - gapMs)
        {
            // A late event of an earlier session, which has been counted and closed.
            return SessionProgress.None;
        }

        // Compare with the session's own last event, not with the watermark: a late event within grace
        // may still extend the session.
        header.SessionLastMs = Math.Max(header.SessionLastMs, eventTimeMs);
        header.SessionEvents++;
        var before = header.SessionFlags;
        header.SessionFlags |= seen;
        var gained = header.SessionFlags & ~before;
        var funnelFrom = header.FunnelSteps;
        if (funnelFrom < funnel.Count && funnel[funnelFrom] == type)
        {
            header.FunnelSteps++;
        }

        return new SessionProgress(
            began, (gained & SessionFlags.Cart) != 0, (gained & SessionFlags.Order) != 0, funnelFrom, header.FunnelSteps);
    }

    /// <summary>The session, spelled out.</summary>
    public SessionView Describe(in CustomerHeader header) => new(
        header.SessionStartMs, header.SessionLastMs, header.SessionLastMs + gapMs, header.SessionEvents, header.FunnelSteps,
        (header.SessionFlags & SessionFlags.Cart) != 0, (header.SessionFlags & SessionFlags.Order) != 0);
}
