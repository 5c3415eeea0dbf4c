using System.Text.Json.Nodes;
using StreamSegmenter.Conversions;
using StreamSegmenter.Windows;

namespace StreamSegmenter.Runtime.Configuration.Shapes;

/// <summary>A kind of tumbling windows: a duration, or a unit of the shop's calendar.</summary>
internal sealed class WindowShape : ScalarShape
{
    private const long LengthMinMs = DurationShape.SecondMs;
    private const long LengthMaxMs = 31 * DurationShape.DayMs;

    public override string Expectation => $"a duration from {DurationShape.Show(LengthMinMs)} to {DurationShape.Show(LengthMaxMs)}, or day, week or month";

    public override JsonObject ToSchema() => new()
    {
        ["type"] = "string",
        ["pattern"] = $"^(day|week|month|[0-9]+ ?({string.Join('|', DurationText.Units.Select(unit => unit.Unit))})|{ReferencePattern})$",
    };

    protected override string? Complaint(string text) =>
        !ConversionWindow.TryParse(text, out var window) ? $": {DurationText.UnitsHint}, or day, week or month"
        : window.LengthMs is < LengthMinMs or > LengthMaxMs ? ""
        : null;
}
