using System.Globalization;
using System.Text.Json;
using StreamSegmenter.Connectors.Replay;

namespace StreamSegmenter.Host.Running;

/// <summary>The counts by rule and by segment in a summary.</summary>
internal static class CountsJson
{
    public static void Write(ReplayCounts counts, Utf8JsonWriter json)
    {
        json.WriteStartObject("rules");
        foreach (var (id, rule) in counts.Rules)
        {
            json.WriteStartObject(id);
            json.WriteNumber("emitted", rule.Emitted);
            json.WriteNumber("retracted", rule.Retracted);
            json.WriteNumber("recovered", rule.Recovered);
            Write("steps", rule.Steps.Select(step => (step.Key.ToString(CultureInfo.InvariantCulture), step.Value)), json);
            Write("suppressed", rule.Suppressed.Select(reason => (JsonNamingPolicy.CamelCase.ConvertName(reason.Key.ToString()), reason.Value)), json);
            Write("recoveredMinor", rule.RevenueMinor.Select(revenue => (revenue.Key, revenue.Value)), json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartObject("segments");
        foreach (var (id, segment) in counts.Segments)
        {
            Write(id, [("entered", segment.Entered), ("exited", segment.Exited), ("members", segment.Members)], json);
        }

        json.WriteEndObject();
    }

    private static void Write(string name, IEnumerable<(string Name, long Value)> figures, Utf8JsonWriter json)
    {
        json.WriteStartObject(name);
        foreach (var figure in figures)
        {
            json.WriteNumber(figure.Name, figure.Value);
        }

        json.WriteEndObject();
    }
}
