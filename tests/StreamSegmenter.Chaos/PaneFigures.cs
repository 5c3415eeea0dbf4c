using System.Text.Json;

namespace StreamSegmenter.Chaos;

/// <summary>The sum of a window's numbers over all shards; final once all are.</summary>
internal sealed class PaneFigures
{
    private static readonly string[] Names =
    [
        "events", "visitors", "sessions", "sessionsWithCart", "sessionsWithOrder", "sessionsWithCartAndOrder", "orders", "revenueMinor",
    ];

    private readonly SortedDictionary<string, long> _sums = new(StringComparer.Ordinal);
    private bool _final = true;

    public string Text => string.Join(", ", _sums.Select(sum => $"{sum.Key} {sum.Value}")) + (_final ? ", final" : ", provisional");

    public void Add(JsonElement pane)
    {
        foreach (var name in Names)
        {
            Add(name, pane.GetProperty(name).GetInt64());
        }

        foreach (var step in pane.GetProperty("funnel").EnumerateArray())
        {
            Add("funnel " + step.GetProperty("step").GetString(), step.GetProperty("sessions").GetInt64());
        }

        _final &= pane.GetProperty("final").GetBoolean();
    }

    private void Add(string name, long value) => _sums[name] = _sums.GetValueOrDefault(name) + value;
}
