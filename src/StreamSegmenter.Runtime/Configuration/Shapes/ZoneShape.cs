using System.Globalization;
using System.Text.Json.Nodes;

namespace StreamSegmenter.Runtime.Configuration.Shapes;

/// <summary>A time zone: its IANA or Windows name, or an offset from UTC.</summary>
internal sealed class ZoneShape : ScalarShape
{
    private const int OffsetHoursMax = 14;

    public override string Expectation => "a time zone such as Europe/Berlin, or an offset such as +02:00";

    public static bool TryParse(string text, out TimeZoneInfo zone)
    {
        if (TimeZoneInfo.TryFindSystemTimeZoneById(text, out var known))
        {
            zone = known;
            return true;
        }

        zone = TimeZoneInfo.Utc;
        if (text is not [('+' or '-'), ..] || !TimeSpan.TryParseExact(text[1..], @"hh\:mm", CultureInfo.InvariantCulture, out var offset)
            || offset > TimeSpan.FromHours(OffsetHoursMax))
        {
            return false;
        }

        zone = TimeZoneInfo.CreateCustomTimeZone(text, text[0] == '-' ? -offset : offset, text, text);
        return true;
    }

    public override JsonObject ToSchema() => new() { ["type"] = "string" };

    protected override string? Complaint(string text) => TryParse(text, out _) ? null : "";
}
