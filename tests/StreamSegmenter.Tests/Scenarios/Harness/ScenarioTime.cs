using System.Globalization;
using System.Text;

namespace StreamSegmenter.Tests.Scenarios.Harness;

/// <summary>Instants as scenarios write them. <c>10:30</c>, <c>10:30:00.001</c>: on the scenario's day, UTC;
/// <c>08:00+1d</c>: so many days later; <c>2026-03-29T01:30:00Z</c>: any instant.</summary>
internal sealed class ScenarioTime(DateOnly day)
{
    private const long DayMs = 86_400_000;
    private static readonly string[] Forms = ["hh\\:mm", "hh\\:mm\\:ss", "hh\\:mm\\:ss\\.fff"];
    private readonly long _dayMs = day.DayNumber * DayMs - (DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber * DayMs);

    public long Parse(string text)
    {
        if (text.Contains('T', StringComparison.Ordinal))
        {
            return DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUnixTimeMilliseconds();
        }

        var sign = text.IndexOfAny(['+', '-']);
        var days = sign < 0 ? 0 : int.Parse(text[sign..].TrimEnd('d'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return TimeSpan.TryParseExact(sign < 0 ? text : text[..sign], Forms, CultureInfo.InvariantCulture, out var time)
            ? _dayMs + (days * DayMs) + (long)time.TotalMilliseconds
            : throw new FormatException($"'{text}' is no time such as 10:30, 10:30:00.001, 08:00+1d or 2026-03-29T01:30:00Z");
    }

    public string Format(long timeMs)
    {
        var days = (timeMs - _dayMs - Modulo(timeMs)) / DayMs;
        var time = TimeSpan.FromMilliseconds(Modulo(timeMs));
        var text = new StringBuilder(time.ToString(
            time.Milliseconds != 0 ? Forms[2] : time.Seconds != 0 ? Forms[1] : Forms[0], CultureInfo.InvariantCulture));
        return days == 0 ? text.ToString() : text.Append(CultureInfo.InvariantCulture, $"{days:+0;-0}d").ToString();
    }

    private static long Modulo(long timeMs) => ((timeMs % DayMs) + DayMs) % DayMs;
}
