using StreamSegmenter.Customers;
using StreamSegmenter.Time;

namespace StreamSegmenter.Aggregates;

/// <summary>Reads aggregates over periods of the calendar. A value stays until the oldest pane in the period leaves it or a newer one
/// enters it, at a midnight of the customer's own.</summary>
internal static class PeriodReader
{
    /// <param name="panes">How many panes of the period saw an event.</param>
    /// <param name="nextMs">The value stays until then.</param>
    public static void Read(
        Aggregate aggregate, CustomerRecord record, long nowMs, out long value, out long count, out int panes, out long nextMs)
    {
        (value, count, panes, nextMs) = (0, 0, 0, long.MaxValue);
        var period = aggregate.Period!;
        var entries = PaneList.Entries(record, aggregate.Id);
        if (entries.IsEmpty)
        {
            return;
        }

        var clock = aggregate.Calendar!.Of(record);
        var today = clock.DayOf(nowMs);
        var expiredUpTo = period.ExpiredUpTo(today);
        var stride = aggregate.Words + 1;
        for (var at = 0; at < entries.Length; at += stride)
        {
            var pane = entries[at];
            if (pane <= expiredUpTo)
            {
                continue;
            }

            if (period.IsAhead(pane, today))
            {
                nextMs = Math.Min(nextMs, clock.StartOf((int)(pane / LocalClock.DayMs)));
                continue;
            }

            nextMs = Math.Min(nextMs, clock.StartOf(period.LeavesOn(pane)));
            panes++;
            aggregate.Merge(ref value, ref count, entries[at + 1], stride > 2 ? entries[at + 2] : 1);
        }
    }

    /// <summary>Whether the value's own event lies in the period.</summary>
    public static ConditionResult Holds(Aggregate aggregate, CalendarPeriod period, CustomerRecord record, long nowMs)
    {
        var timeMs = aggregate.Slot(record)[0];
        if (timeMs == 0)
        {
            return ConditionResult.Constant(false);
        }

        var clock = aggregate.Calendar!.Of(record);
        var (day, today) = (clock.DayOf(timeMs), clock.DayOf(nowMs));
        var holds = period.Holds(day, today);
        if (!period.HasPanes)
        {
            return ConditionResult.Constant(holds);
        }

        var pane = period.PaneOf(day);
        var nextDay = holds ? period.LeavesOn(pane) : period.IsAhead(pane, today) ? (int)(pane / LocalClock.DayMs) : int.MaxValue;
        return new ConditionResult(holds, nextDay == int.MaxValue ? long.MaxValue : clock.StartOf(nextDay));
    }
}
