using System.Text.Json.Nodes;

namespace StreamSegmenter.Runtime.Configuration.Shapes;

/// <summary>A time zone: its IANA or Windows name, or an offset from UTC.</summary>
internal sealed class ZoneShape : ScalarShape
{
    public override string Expectation => "a time zone such as Europe/Berlin, or an offset such as +02:00";

    public static bool TryParse(string text, out TimeZoneInfo zone) => Time.TimeZones.TryFind(text, out zone);

    public override JsonObject ToSchema() => new() { ["type"] = "string" };

    protected override string? Complaint(string text) => TryParse(text, out _) ? null : "";
}
