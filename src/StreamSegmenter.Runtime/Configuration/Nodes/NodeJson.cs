using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace StreamSegmenter.Runtime.Configuration.Nodes;

/// <summary>Writes a part of a configuration as JSON, which is YAML too: read again, it says the same.</summary>
internal static partial class NodeJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The keys of a map that are there, as one object.</summary>
    public static string Write(MapNode map, params ReadOnlySpan<string> keys)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            foreach (var key in keys)
            {
                if (map.Find(key) is { } value)
                {
                    json.WritePropertyName(key);
                    Write(value, json);
                }
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The first value of these keys that refers to the environment or to a file; null: none does.</summary>
    public static ScalarNode? FirstReference(ConfigurationNode? node) => node switch
    {
        MapNode map => map.Entries.Select(entry => FirstReference(entry.Value)).FirstOrDefault(found => found is not null),
        ListNode list => list.Items.Select(FirstReference).FirstOrDefault(found => found is not null),
        ScalarNode scalar when scalar.Written.Contains("${", StringComparison.Ordinal) => scalar,
        _ => null,
    };

    /// <summary>JSON has it as a number or a truth value, where it is not quoted.</summary>
    public static bool IsNumber(string text) => Number().IsMatch(text);

    private static void Write(ConfigurationNode node, Utf8JsonWriter json)
    {
        switch (node)
        {
            case MapNode map:
                json.WriteStartObject();
                foreach (var entry in map.Entries)
                {
                    json.WritePropertyName(entry.Key);
                    Write(entry.Value, json);
                }

                json.WriteEndObject();
                break;
            case ListNode list:
                json.WriteStartArray();
                list.Items.ForEach(item => Write(item, json));
                json.WriteEndArray();
                break;
            case ScalarNode { IsNull: true }:
                json.WriteNullValue();
                break;
            case ScalarNode { Plain: true } scalar when Number().IsMatch(scalar.Text):
                json.WriteRawValue(scalar.Text);
                break;
            default:
                // Read again, a text that looks like a reference must stay a text.
                json.WriteStringValue(((ScalarNode)node).Text.Replace("${", "$${", StringComparison.Ordinal));
                break;
        }
    }

    [GeneratedRegex(@"\A(true|false|-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?)\z")]
    private static partial Regex Number();
}
