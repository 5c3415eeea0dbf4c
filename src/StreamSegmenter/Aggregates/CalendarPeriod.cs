using StreamSegmenter.Time;

namespace StreamSegmenter.Aggregates;

internal enum PeriodKind : byte
{
    Today,
    Yesterday,
    ThisWeek,
    ThisMonth,

    /// <summary>The last so many days, today among them.</summary>
    LastDays,

    /// <summary>The last so many weeks from Monday on, this one among them; cut into weeks.</summary>
    LastWeeks,

    /// <summary>Whole days that a definition names; nothing ever leaves it.</summary>
    Dates,
}

/// <summary>A window of whole days of the customer's calendar. Its panes are days (weeks for <see cref="PeriodKind.LastWeeks"/>), named
/// by the number of the day behind their last one times <see cref="LocalClock.DayMs"/>: local time, so that a customer who moves to another zone
/// keeps the days that were counted.</summary>
/// <param name="First">How many days or weeks; of dates the first day.</param>
/// <param name="Last">Of dates the last day.</param>
internal sealed record CalendarPeriod(PeriodKind Kind, int First = 0, int Last = 0)
{
    /// <summary>Whether the state is a list of panes.</summary>
    public bool HasPanes => Kind != PeriodKind.Dates;

    /// <summary>The most panes at one time.</summary>
    public int PanesMax => Kind switch
    {
        PeriodKind.Today => 1,
        PeriodKind.Yesterday => 2,
        PeriodKind.ThisWeek => LocalClock.DaysPerWeek,
        PeriodKind.ThisMonth => 31,
        PeriodKind.Dates => 0,
        _ => First,
    };

    /// <summary>The name of the pane that holds a day.</summary>
    public long PaneOf(int day) => LocalClock.DayMs * (Kind == PeriodKind.LastWeeks ? LocalClock.MondayOf(day) + LocalClock.DaysPerWeek : day + 1);

    /// <summary>Panes up to this name have left the period on that day.</summary>
    public long ExpiredUpTo(int today) => LocalClock.DayMs * (Kind switch
    {
        PeriodKind.Today => today,
        PeriodKind.Yesterday => today - 1,
        PeriodKind.ThisWeek => LocalClock.MondayOf(today),
        PeriodKind.ThisMonth => FirstOfMonth(today),
        PeriodKind.LastDays => today - First + 1,
        _ => LocalClock.MondayOf(today) - (LocalClock.DaysPerWeek * (First - 1)),
    });

    /// <summary>Whether a pane that is kept counts only from a later day on.</summary>
    public bool IsAhead(long pane, int today) => Kind == PeriodKind.Yesterday && pane > LocalClock.DayMs * today;

    /// <summary>The first day on which a pane has left the period.</summary>
    public int LeavesOn(long pane)
    {
        var behind = (int)(pane / LocalClock.DayMs);
        return Kind switch
        {
            PeriodKind.Yesterday => behind + 1,
            PeriodKind.ThisWeek => LocalClock.MondayOf(behind - 1) + LocalClock.DaysPerWeek,
            PeriodKind.ThisMonth => LocalClock.DayOf(LocalClock.DateOf(FirstOfMonth(behind - 1)).AddMonths(1)),
            PeriodKind.LastDays => behind + First - 1,
            PeriodKind.LastWeeks => behind + (LocalClock.DaysPerWeek * (First - 1)),
            _ => behind,
        };
    }

    /// <summary>Whether a day lies in the period, seen from another day.</summary>
    public bool Holds(int day, int today) => Kind == PeriodKind.Dates
        ? day >= First && day <= Last
        : PaneOf(day) > ExpiredUpTo(today) && !IsAhead(PaneOf(day), today);

    private static int FirstOfMonth(int day) => day - LocalClock.DateOf(day).Day + 1;
}
