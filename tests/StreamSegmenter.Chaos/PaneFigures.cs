using System.Text.Json;

namespace StreamSegmenter.Chaos;

/// <summary>The numbers of one window.</summary>
internal sealed class PaneFigures
{
    private static readonly string[] Names =
    [
        "events", "visitors", "sessions", "sessionsWithCart", "sessionsWithOrder", "sessionsWithCartAndOrder", "orders", "revenueMinor",
    ];

    private readonly SortedDictionary<string, long> _sums = new(StringComparer.Ordinal);
    private bool _final = true;

    /// <summary>Windows that the closing events are in, or might be, say nothing.</summary>
    public const long ClosingMarginMs = 300_000;

    public string Text => string.Join(", ", _sums.Select(sum => $"{sum.Key} {sum.Value}")) + (_final ? ", final" : ", provisional");

    /// <summary>How many panes, of windows that say something, are not final in their latest record.</summary>
    public static int CountOpen(IEnumerable<TopicRecord> records, long closingMs)
    {
        var open = new HashSet<string>(StringComparer.Ordinal);
        foreach (var record in records)
        {
            using var pane = JsonDocument.Parse(record.Text);
            var counts = pane.RootElement.GetProperty("start").GetDateTimeOffset().ToUnixTimeMilliseconds() <= closingMs - ClosingMarginMs;
            _ = counts && !pane.RootElement.GetProperty("final").GetBoolean() ? open.Add(record.KeyText) : open.Remove(record.KeyText);
        }

        return open.Count;
    }

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
