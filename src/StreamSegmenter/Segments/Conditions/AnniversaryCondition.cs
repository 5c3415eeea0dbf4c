using System.Buffers.Text;
using StreamSegmenter.Aggregates;
using StreamSegmenter.Customers;
using StreamSegmenter.Time;

namespace StreamSegmenter.Segments.Conditions;

/// <summary>Whether the day on which a kept date comes round again is today or so many days ahead. The date is a text that begins with
/// <c>1990-04-17</c>, or <c>04-17</c> without its year. 29 February comes round on the 28th where the year has none.</summary>
internal sealed class AnniversaryCondition(Aggregate date, CustomerCalendar calendar, int withinDays) : Condition
{
    private const int LeapYear = 2000;

    public override ConditionResult Evaluate(CustomerRecord record, long nowMs)
    {
        if (!TryRead(record, out var month, out var day))
        {
            return ConditionResult.Constant(false);
        }

        var clock = calendar.Of(record);
        var today = clock.DayOf(nowMs);
        var next = NextAfter(today - 1, month, day);
        return next - today <= withinDays
            ? new ConditionResult(true, clock.StartOf(next + 1))
            : new ConditionResult(false, clock.StartOf(next - withinDays));
    }

    /// <summary>The day of the next anniversary behind a day.</summary>
    private static int NextAfter(int today, int month, int day)
    {
        for (var year = LocalClock.DateOf(today).Year; ; year++)
        {
            var found = LocalClock.DayOf(new DateOnly(year, month, Math.Min(day, DateTime.DaysInMonth(year, month))));
            if (found > today)
            {
                return found;
            }
        }
    }

    private bool TryRead(CustomerRecord record, out int month, out int day)
    {
        var text = KeptText.Read(record, date.Id, out _);
        var from = text.Length >= 10 && text[4] == '-' ? 5 : text.StartsWith("--"u8) ? 2 : 0;
        (month, day) = (0, 0);
        text = text[Math.Min(from, text.Length)..];
        return text.Length >= 5 && text[2] == '-'
            && Utf8Parser.TryParse(text[..2], out month, out var used) && used == 2
            && Utf8Parser.TryParse(text.Slice(3, 2), out day, out used) && used == 2
            && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(LeapYear, month);
    }
}
