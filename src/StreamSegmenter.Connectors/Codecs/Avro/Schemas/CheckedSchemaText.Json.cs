using System.Text.Json;
using StreamSegmenter.Definitions;

namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

/// <summary>Attributes out of JSON objects, with errors that name the attribute and what was found.</summary>
internal sealed partial class CheckedSchemaText
{
    private static JsonElement Require(JsonElement json, string attribute, string path) =>
        json.TryGetProperty(attribute, out JsonElement value)
            ? value
            : throw new AvroSchemaException(path, $"the attribute '{attribute}' is missing");

    private static JsonElement RequireArray(JsonElement json, string attribute, string path)
    {
        JsonElement value = Require(json, attribute, path);
        return value.ValueKind == JsonValueKind.Array
            ? value
            : throw new AvroSchemaException($"{path}.{attribute}", $"expected an array, found {Describe(value)}");
    }

    private static string RequireString(JsonElement json, string attribute, string path)
    {
        JsonElement value = Require(json, attribute, path);
        return value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new AvroSchemaException($"{path}.{attribute}", $"expected a string, found {Describe(value)}");
    }

    private static List<string> Strings(JsonElement json, string attribute, string path)
    {
        var texts = new List<string>();
        if (!json.TryGetProperty(attribute, out _))
        {
            return texts;
        }

        foreach (JsonElement text in RequireArray(json, attribute, path).EnumerateArray())
        {
            texts.Add(text.ValueKind == JsonValueKind.String
                ? text.GetString()!
                : throw new AvroSchemaException($"{path}.{attribute}[{texts.Count}]", $"expected a string, found {Describe(text)}"));
        }

        return texts;
    }

    private string SuggestType(string name)
    {
        // The right name in another namespace is the commonest mistake of all.
        if (_heights.Keys.FirstOrDefault(full => full.EndsWith('.' + name, StringComparison.Ordinal)) is { } elsewhere)
        {
            return $" Did you mean '{elsewhere}'?";
        }

        string suggestion = NearestName.Hint(
            name, [.. _heights.Keys, "null", "boolean", "int", "long", "float", "double", "bytes", "string"]);
        return suggestion.Length > 0 ? suggestion : " A type must be defined before it is referred to.";
    }

    internal static string Describe(JsonElement json)
    {
        string text = json.ValueKind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Undefined ? "" : json.GetRawText();
        return json.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            JsonValueKind.Undefined => "nothing",
            _ => text.Length <= 40 ? text : text[..40] + "…",
        };
    }
}
