using System.Globalization;
using System.Text;
using System.Text.Json;
using StreamSegmenter.Connectors.Replay;
using StreamSegmenter.Events;
using StreamSegmenter.Host.Validation;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Host.Running;

/// <summary>What a replay found, in numbers: <c>summary.json</c> for scripts, a few lines for people.</summary>
internal static class ReplaySummary
{
    // Shown to people only where there is something to show.
    private static readonly string[] Rare = ["partial", "filtered", "roundedAmounts"];

    public static void Write(ReplayResult result, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        foreach (var (name, value) in Figures(result).Take(1))
        {
            json.WriteNumber(name, value);
        }

        json.WriteStartObject("eventsByType");
        foreach (var (type, count) in result.EventsByType.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteNumber(type, count);
        }

        json.WriteEndObject();
        foreach (var (name, value) in Figures(result).Skip(1))
        {
            json.WriteNumber(name, value);
        }

        if (result.EventTimeMaxMs is { } ms)
        {
            json.WriteString("maxEventTime", Iso(ms));
        }
        else
        {
            json.WriteNull("maxEventTime");
        }

        json.WriteStartArray("neverFound");
        foreach (var unused in result.NeverFound)
        {
            json.WriteStartObject();
            json.WriteString("input", unused.Input);
            json.WriteString("field", unused.Field);
            json.WriteString("sources", unused.Sources);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("neverSeen");
        foreach (var name in result.NeverSeen)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        CountsJson.Write(ReplayCounts.Of(result), json);
        json.WriteEndObject();
        json.Flush();
        stream.Write("\n"u8);
    }

    /// <summary>The same, for a script that reads the command's output.</summary>
    public static void Write(ReplayResult result, TextWriter output)
    {
        using var stream = new MemoryStream();
        Write(result, stream);
        output.Write(Encoding.UTF8.GetString(stream.ToArray()));
    }

    public static void Show(ReplayResult result, string folder, TextWriter output)
    {
        var text = new SummaryText();
        foreach (var (name, value) in Figures(result).Where(figure => figure.Value > 0 || !Rare.Contains(figure.Name)))
        {
            text.Row(name, value.ToString("N0", CultureInfo.InvariantCulture));
        }

        foreach (var unused in result.NeverFound)
        {
            text.Line($"{unused.Input}: {unused.Field} found no value at {unused.Sources} in any of {unused.Events:N0} events; is that what the records call it?");
        }

        if (result.NeverSeen.Count > 0)
        {
            text.Line($"Never seen in the input, and named by segments: {string.Join("; ", result.NeverSeen)}");
        }

        text.Line($"Results written to {folder}");
        output.Write(text.ToString());
    }

    private static IEnumerable<(string Name, long Value)> Figures(ReplayResult result) =>
    [
        ("events", result.Events),
        ("customers", result.Totals.Customers),
        ("sessions", result.Totals.Sessions),
        ("sessionsWithCart", result.Totals.SessionsWithCart),
        ("sessionsWithOrder", result.Totals.SessionsWithOrder),
        ("sessionsWithCartAndOrder", result.Totals.SessionsWithCartAndOrder),
        ("triggersEmitted", result.CartAbandoned.Count(t => t.Kind == TriggerKind.Emitted)),
        ("triggersRetracted", result.CartAbandoned.Count(t => t.Kind == TriggerKind.Retracted)),
        ("triggersRecovered", result.CartAbandoned.Count(t => t.Kind == TriggerKind.Recovered)),
        ("triggersSuppressed", result.Suppressed.Count),
        ("triggersPending", result.Totals.TriggersPending),
        ("membershipChanges", result.MembershipChanges.Count),
        ("deadLetters", result.DeadLetters.Count),
        ("late", result.LateEvents.Count),
        ("partial", result.DeadLetters.Count(letter => letter.Kind == DeadLetterKind.Partial)),
        ("filtered", result.Filtered),
        ("roundedAmounts", result.RoundedAmounts),
    ];

    private static string Iso(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
