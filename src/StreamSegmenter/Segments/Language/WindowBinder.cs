using System.Globalization;
using StreamSegmenter.Aggregates;
using StreamSegmenter.Time;
using StreamSegmenter.Windows;

namespace StreamSegmenter.Segments.Language;

/// <summary>Gives the window of an aggregate its meaning: a length of time cut into panes, a period of the calendar, or dates.</summary>
internal sealed class WindowBinder(ErrorSink errors)
{
    /// <summary>The window, or none; false after an error.</summary>
    public bool TryBind(AggregateNode node, AggregateKind kind, out SlidingWindow? window, out CalendarPeriod? period)
    {
        window = null;
        period = null;
        var isExact = AggregateBinder.IsExact(kind);
        if (node.Period is not null)
        {
            return TryBindPeriod(node, kind, out period);
        }

        if (node.Pane is not null && (isExact || node.Window is null))
        {
            return Fail(node.Pane.At, isExact
                ? $"{node.Function} is exact and takes no pane"
                : "a pane cuts a window; write the window before it: 7d, pane: 1h");
        }

        if (node.Window is null)
        {
            return true;
        }

        if (node.Window.Ms == 0 || node.Function is "since_first" or "first")
        {
            return Fail(node.Window.At, node.Window.Ms == 0
                ? "a window is longer than 0"
                : $"{node.Function} looks at the customer's whole history and takes no window");
        }

        window = SlidingWindow.WithDefaultPane(node.Window.Ms);
        return node.Pane is null || TryCut(node.Window, node.Pane, ref window);
    }

    /// <summary>In canonical words, behind the comma that belongs before them.</summary>
    public static string TextOf(CalendarPeriod period) => period.Kind switch
    {
        PeriodKind.Today => ", today",
        PeriodKind.Yesterday => ", yesterday",
        PeriodKind.ThisWeek => ", this_week",
        PeriodKind.ThisMonth => ", this_month",
        PeriodKind.LastDays => string.Create(CultureInfo.InvariantCulture, $", {period.First} days"),
        PeriodKind.LastWeeks => string.Create(CultureInfo.InvariantCulture, $", {period.First} weeks"),
        _ => ", " + DatesText(period.First, period.Last),
    };

    public static string DatesText(int first, int last) => first == last
        ? string.Create(CultureInfo.InvariantCulture, $"date '{LocalClock.DateOf(first):yyyy-MM-dd}'")
        : string.Create(CultureInfo.InvariantCulture, $"date '{LocalClock.DateOf(first):yyyy-MM-dd}' … date '{LocalClock.DateOf(last):yyyy-MM-dd}'");

    public static CalendarPeriod PeriodOf(SyntaxNode node) => node switch
    {
        DateRangeNode dates => new CalendarPeriod(PeriodKind.Dates, LocalClock.DayOf(dates.From), LocalClock.DayOf(dates.To)),
        PeriodNode { Name: "today" } => new CalendarPeriod(PeriodKind.Today),
        PeriodNode { Name: "yesterday" } => new CalendarPeriod(PeriodKind.Yesterday),
        PeriodNode { Name: "this_week" } => new CalendarPeriod(PeriodKind.ThisWeek),
        _ => new CalendarPeriod(PeriodKind.ThisMonth),
    };

    private bool TryBindPeriod(AggregateNode node, AggregateKind kind, out CalendarPeriod? period)
    {
        period = PeriodOf(node.Period!);
        if (node.Pane is not null)
        {
            return Fail(node.Pane.At, "a period of the calendar is cut into days and takes no pane");
        }

        return !period.HasPanes || !AggregateBinder.IsExact(kind) || Fail(
            node.Period!.At, $"{node.Function} takes a length of time such as 1d; count(…), sum(…), did(…) and first_time(…) take {((PeriodNode)node.Period).Name}");
    }

    private bool TryCut(DurationNode length, DurationNode pane, ref SlidingWindow? window)
    {
        window = new SlidingWindow(length.Ms, pane.Ms);
        if (SlidingWindow.IsPaneOf(pane.Ms, length.Ms))
        {
            return true;
        }

        var nearest = DurationText.Format(SlidingWindow.NearestPaneMs(pane.Ms, length.Ms));
        return Fail(pane.At, $"a pane of {DurationText.Format(pane.Ms)} does not cut a window of "
            + $"{DurationText.Format(length.Ms)} into 1 to {SlidingWindow.PanesMax} equal parts. "
            + $"The nearest that does is {nearest}");
    }

    private bool Fail(SourcePosition at, string message)
    {
        errors.Report(at, message);
        return false;
    }
}
