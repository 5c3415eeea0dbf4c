using System.Buffers.Binary;
using System.Globalization;
using System.Text.Unicode;
using StreamSegmenter.Customers;
using StreamSegmenter.Time;

namespace StreamSegmenter.Conversions;

/// <summary>The cohort of a customer: the month or ISO week, in the shop's zone, of the first order that is known of them, written
/// <c>2026-03</c> or <c>2026-W09</c>. As a dimension of windows of that length it gives the retention of each cohort.
/// One instance per lane: it holds what it wrote last.</summary>
internal sealed class FirstOrderCohort(CalendarUnit unit, TimeZoneInfo zone)
{
    public const string MonthName = "first_order_month";
    public const string WeekName = "first_order_week";

    private readonly LocalClock _clock = new(zone);
    private readonly byte[] _text = new byte[16];

    public static bool IsNamed(string name) => name is MonthName or WeekName;

    /// <summary>Null for any other name.</summary>
    public static FirstOrderCohort? Named(string name, TimeZoneInfo zone) => name switch
    {
        MonthName => new FirstOrderCohort(CalendarUnit.Month, zone),
        WeekName => new FirstOrderCohort(CalendarUnit.Week, zone),
        _ => null,
    };

    /// <summary>The cohort; empty for somebody who has not ordered. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Read(CustomerRecord record)
    {
        var first = record.Section(SectionKind.FirstOrder, 0);
        if (first.IsEmpty)
        {
            return default;
        }

        var date = LocalClock.DateOf(_clock.DayOf(BinaryPrimitives.ReadInt64LittleEndian(first)));
        var written = 0;
        _ = unit == CalendarUnit.Month
            ? Utf8.TryWrite(_text, CultureInfo.InvariantCulture, $"{date.Year:0000}-{date.Month:00}", out written)
            : Utf8.TryWrite(_text, CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(date):0000}-W{ISOWeek.GetWeekOfYear(date):00}", out written);
        return _text.AsSpan(0, written);
    }
}
