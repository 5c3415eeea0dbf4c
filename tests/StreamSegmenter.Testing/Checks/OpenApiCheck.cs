using System.Text.Json.Nodes;

namespace StreamSegmenter.Testing.Checks;

/// <summary>Holds answers against an OpenAPI 3.1 document: nothing that it does not describe, nothing missing that it requires, every type as
/// described. Knows the words of JSON Schema that the document uses, and fails on another one.</summary>
internal sealed class OpenApiCheck(JsonNode document)
{
    private static readonly HashSet<string> Known =
        ["type", "format", "properties", "required", "items", "description", "$ref", "oneOf", "additionalProperties", "pattern", "default", "enum"];

    /// <summary>All paths that can be read.</summary>
    public IEnumerable<string> Paths => document["paths"]!.AsObject().Where(path => path.Value!["get"] is not null).Select(path => path.Key);

    /// <summary>What is wrong with an answer; empty: nothing.</summary>
    public IReadOnlyList<string> Check(string path, int status, JsonNode? body, string method = "get")
    {
        var problems = new List<string>();
        if (document["paths"]![path]?[method]?["responses"]?[$"{status}"] is not { } response)
        {
            return [$"{path}: the document has no answer {status}"];
        }

        var content = response["content"]?.AsObject().FirstOrDefault().Value;
        if (content?["schema"] is { } schema)
        {
            Check(schema, body, path, problems);
        }

        return problems;
    }

    private void Check(JsonNode schema, JsonNode? value, string place, List<string> problems)
    {
        problems.AddRange(schema.AsObject().Select(word => word.Key).Where(word => !Known.Contains(word)).Select(word => $"{place}: unknown word {word}"));
        if (schema["$ref"] is { } reference)
        {
            Check(Resolve(reference.GetValue<string>()), value, place, problems);
            return;
        }

        if (schema["oneOf"] is JsonArray choices)
        {
            if (!choices.Any(choice => IsFine(choice!, value, place)))
            {
                problems.Add($"{place}: {value?.ToJsonString() ?? "null"} is none of the choices");
            }

            return;
        }

        string[] types = schema["type"] switch { JsonArray several => [.. several.Select(type => type!.GetValue<string>())], { } one => [one.GetValue<string>()], _ => [] };
        if (types.Length > 0 && !types.Any(type => IsOf(type, value)))
        {
            problems.Add($"{place}: {value?.ToJsonString() ?? "null"} is no {string.Join(" or ", types)}");
            return;
        }

        switch (value)
        {
            case JsonObject map:
                CheckObject(schema, map, place, problems);
                break;
            case JsonArray list when schema["items"] is { } items:
                for (var i = 0; i < list.Count; i++)
                {
                    Check(items, list[i], $"{place}[{i}]", problems);
                }

                break;
            default:
                break;
        }
    }

    private bool IsFine(JsonNode schema, JsonNode? value, string place)
    {
        var problems = new List<string>();
        Check(schema, value, place, problems);
        return problems.Count == 0;
    }

    private void CheckObject(JsonNode schema, JsonObject map, string place, List<string> problems)
    {
        foreach (var name in schema["required"]?.AsArray().Select(name => name!.GetValue<string>()) ?? [])
        {
            if (!map.ContainsKey(name))
            {
                problems.Add($"{place}: {name} is missing");
            }
        }

        foreach (var (name, child) in map)
        {
            if (schema["properties"]?[name] is { } described)
            {
                Check(described, child, $"{place}.{name}", problems);
            }
            else if (schema["additionalProperties"] is JsonObject any)
            {
                Check(any, child, $"{place}.{name}", problems);
            }
            else
            {
                problems.Add($"{place}: {name} is not described");
            }
        }
    }

    private JsonNode Resolve(string reference) =>
        reference.TrimStart('#', '/').Split('/').Aggregate(document, (node, step) => node[step] ?? throw new InvalidOperationException($"{reference} leads nowhere"));

    private static bool IsOf(string type, JsonNode? value) => type switch
    {
        "null" => value is null,
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value?.GetValueKind() == System.Text.Json.JsonValueKind.String,
        "boolean" => value?.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False,
        "number" => value?.GetValueKind() == System.Text.Json.JsonValueKind.Number,
        "integer" => value?.GetValueKind() == System.Text.Json.JsonValueKind.Number && !value.ToJsonString().Contains('.'),
        _ => false,
    };
}
