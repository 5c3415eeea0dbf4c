using StreamSegmenter.Windows;

namespace StreamSegmenter.Conversions;

/// <summary>What a window is: of a fixed length, or a unit of the shop's calendar.</summary>
internal enum CalendarUnit : byte
{
    None,
    Day,

    /// <summary>From Monday on, as ISO 8601 has it.</summary>
    Week,
    Month,
}

/// <summary>A kind of tumbling windows.</summary>
/// <param name="LengthMs">Of a calendar unit the usual length: a day of 24 hours, a week of 7 days, a month of 30. It tells kinds of windows
/// apart, so two of one length cannot be counted together.</param>
internal readonly record struct ConversionWindow(long LengthMs, CalendarUnit Unit = CalendarUnit.None)
{
    public const long DayMs = 86_400_000;

    public static ConversionWindow Day { get; } = new(DayMs, CalendarUnit.Day);

    public static ConversionWindow Week { get; } = new(7 * DayMs, CalendarUnit.Week);

    public static ConversionWindow Month { get; } = new(30 * DayMs, CalendarUnit.Month);

    public static implicit operator ConversionWindow(long lengthMs) => new(lengthMs);

    /// <summary>Reads <c>day</c>, <c>week</c>, <c>month</c> or a duration.</summary>
    public static bool TryParse(string text, out ConversionWindow window)
    {
        window = text switch { "day" => Day, "week" => Week, "month" => Month, _ => default };
        if (window.Unit != CalendarUnit.None)
        {
            return true;
        }

        var isDuration = DurationText.TryParse(text, out var lengthMs);
        window = lengthMs;
        return isDuration;
    }

    public override string ToString() => Unit switch
    {
        CalendarUnit.Day => "day",
        CalendarUnit.Week => "week",
        CalendarUnit.Month => "month",
        _ => DurationText.Format(LengthMs),
    };
}
