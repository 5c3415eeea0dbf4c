using System.Globalization;
using System.Text.Json;

namespace StreamSegmenter.Tests.Scenarios.Harness;

/// <summary>One line of <c>events</c>: <c>10:00 ann product_added product=shoe quantity=2 price=19.90 cart=c1</c>, with
/// <c>arrives 10:45</c> at its end when it comes late. It becomes a JSON record as a topic would carry it, so decoding is
/// part of what a scenario runs.</summary>
internal sealed record ScenarioEvent(string Customer, long TimeMs, long? ArrivesMs, byte[] Json)
{
    private static readonly Dictionary<string, string> Fields = new(StringComparer.Ordinal)
    {
        ["id"] = "event_id", ["product"] = "product_id", ["cart"] = "cart_id", ["order"] = "order_id", ["session"] = "session_id",
    };

    private static readonly HashSet<string> Texts =
        ["event_id", "product_id", "cart_id", "order_id", "session_id", "price", "total", "currency", "category"];

    public static ScenarioEvent Parse(string line, ScenarioTime time)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        long? arrivesMs = null;
        if (words.Length > 4 && words[^2] == "arrives")
        {
            arrivesMs = time.Parse(words[^1]);
            words = words[..^2];
        }

        var timeMs = time.Parse(words[0]);
        return new ScenarioEvent(words[1], timeMs, arrivesMs, Write(words, timeMs));
    }

    private static byte[] Write(string[] words, long timeMs)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("event_type", words[2]);
            json.WriteNumber("event_time", timeMs);
            json.WriteString("customer_id", words[1]);
            foreach (var word in words[3..])
            {
                var at = word.IndexOf('=', StringComparison.Ordinal);
                if (at < 1)
                {
                    throw new FormatException($"'{word}' is no name=value, in: {string.Join(' ', words)}");
                }

                WriteField(json, Fields.GetValueOrDefault(word[..at], word[..at]), word[(at + 1)..]);
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void WriteField(Utf8JsonWriter json, string name, string value)
    {
        if (!Texts.Contains(name) && decimal.TryParse(value, NumberStyles.Number, CultureInfo.InvariantCulture, out var number))
        {
            json.WriteNumber(name, number);
        }
        else if (!Texts.Contains(name) && value is "true" or "false")
        {
            json.WriteBoolean(name, value == "true");
        }
        else
        {
            json.WriteString(name, value);
        }
    }
}
