using StreamSegmenter.Aggregates;
using StreamSegmenter.Customers;
using StreamSegmenter.Time;

namespace StreamSegmenter.Segments.Conditions;

/// <summary>What the customer's clocks show now: the hour, or the day of the week.</summary>
internal sealed class ClockCondition(CustomerCalendar calendar, bool isHour, Comparison comparison, int constant) : Condition
{
    // A clock change may skip or repeat an hour.
    private const int HoursAhead = 50;

    public bool IsHour => isHour;

    public Comparison Comparison => comparison;

    public long Constant => constant;

    public int Shown(CustomerRecord record, long nowMs)
    {
        var clock = calendar.Of(record);
        return isHour ? clock.HourOf(nowMs) : LocalClock.WeekdayOf(clock.DayOf(nowMs));
    }

    public override ConditionResult Evaluate(CustomerRecord record, long nowMs)
    {
        var clock = calendar.Of(record);
        return isHour ? Hour(clock, nowMs) : Weekday(clock, nowMs);
    }

    private ConditionResult Hour(LocalClock clock, long nowMs)
    {
        var holds = Holds(clock.HourOf(nowMs));
        var nextMs = nowMs;
        for (var i = 0; i < HoursAhead; i++)
        {
            nextMs = clock.NextHour(nextMs);
            if (Holds(clock.HourOf(nextMs)) != holds)
            {
                return new ConditionResult(holds, nextMs);
            }
        }

        return ConditionResult.Constant(holds);
    }

    private ConditionResult Weekday(LocalClock clock, long nowMs)
    {
        var today = clock.DayOf(nowMs);
        var holds = Holds(LocalClock.WeekdayOf(today));
        for (var ahead = 1; ahead <= LocalClock.DaysPerWeek; ahead++)
        {
            if (Holds(LocalClock.WeekdayOf(today + ahead)) != holds)
            {
                return new ConditionResult(holds, clock.StartOf(today + ahead));
            }
        }

        return ConditionResult.Constant(holds);
    }

    private bool Holds(int shown) => comparison.Holds(shown.CompareTo(constant));
}

/// <summary>Whether today is one of the days from one to another, both included.</summary>
internal sealed class DatesCondition(CustomerCalendar calendar, int from, int to) : Condition
{
    public override ConditionResult Evaluate(CustomerRecord record, long nowMs)
    {
        var clock = calendar.Of(record);
        var today = clock.DayOf(nowMs);
        return today < from ? new ConditionResult(false, clock.StartOf(from))
            : today <= to ? new ConditionResult(true, clock.StartOf(to + 1))
            : ConditionResult.Constant(false);
    }
}

/// <summary>Whether the first event lies in a period of the calendar.</summary>
internal sealed class FirstTimeInPeriod(Aggregate firstTime, CalendarPeriod period) : Condition
{
    public override bool ChangesByTime => period.HasPanes;

    public override ConditionResult Evaluate(CustomerRecord record, long nowMs) => PeriodReader.Holds(firstTime, period, record, nowMs);
}

/// <summary>On how many days or weeks of a period something happened.</summary>
internal sealed class RhythmCondition(Aggregate counts, int needed, bool isStreak) : Condition
{
    /// <summary>So many days or weeks of the period; of a streak how many in a row.</summary>
    public int Count(CustomerRecord record, long nowMs)
    {
        if (isStreak)
        {
            return Streak(record, nowMs).Count;
        }

        PeriodReader.Read(counts, record, nowMs, out _, out _, out var panes, out _);
        return panes;
    }

    public override ConditionResult Evaluate(CustomerRecord record, long nowMs)
    {
        if (isStreak)
        {
            var (count, nextMs) = Streak(record, nowMs);
            return new ConditionResult(count >= needed, count >= needed ? nextMs : long.MaxValue);
        }

        PeriodReader.Read(counts, record, nowMs, out _, out _, out var panes, out var leavesMs);
        return new ConditionResult(panes >= needed, panes >= needed ? leavesMs : long.MaxValue);
    }

    /// <summary>Days or weeks in a row up to the present one or the one before it, which a present one without an event does not
    /// break; and when they no longer are.</summary>
    private (int Count, long EndsMs) Streak(CustomerRecord record, long nowMs)
    {
        var entries = PaneList.Entries(record, counts.Id);
        if (entries.IsEmpty)
        {
            return (0, long.MaxValue);
        }

        var period = counts.Period!;
        var length = period.Kind == PeriodKind.LastWeeks ? LocalClock.DaysPerWeek : 1;
        var clock = counts.Calendar!.Of(record);
        var present = period.PaneOf(clock.DayOf(nowMs));
        var newest = entries[^2];
        if (newest < present - (length * LocalClock.DayMs))
        {
            return (0, long.MaxValue);
        }

        var count = 1;
        for (var at = entries.Length - 4; at >= 0 && count < needed && entries[at] == entries[at + 2] - (length * LocalClock.DayMs); at -= 2)
        {
            count++;
        }

        return (count, clock.StartOf((int)(newest / LocalClock.DayMs) + length));
    }
}
