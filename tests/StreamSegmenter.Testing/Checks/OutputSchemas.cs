using System.Text.Json;
using Json.Schema;

namespace StreamSegmenter.Testing.Checks;

/// <summary>Holds records of the output topics against the JSON Schemas of <c>schemas/outputs</c>.</summary>
internal sealed class OutputSchemas
{
    private static readonly EvaluationOptions Options = new() { OutputFormat = OutputFormat.List };

    private readonly Dictionary<string, JsonSchema> _schemas;

    /// <param name="folder">That of the schemas.</param>
    public OutputSchemas(string folder) => _schemas = Directory.GetFiles(folder, "*.schema.json").ToDictionary(
        file => Path.GetFileName(file)[..^".schema.json".Length], file => JsonSchema.FromText(File.ReadAllText(file)), StringComparer.Ordinal);

    /// <summary>The outputs that have a schema, by their topics' default names.</summary>
    public IReadOnlyCollection<string> Names => _schemas.Keys;

    /// <summary>What is wrong with a record; empty: nothing.</summary>
    public IReadOnlyList<string> Check(string output, string record)
    {
        using var json = JsonDocument.Parse(record);
        var results = _schemas[output].Evaluate(json.RootElement, Options);
        return results.IsValid
            ? []
            : [.. (results.Details ?? []).SelectMany(detail => (detail.Errors ?? new Dictionary<string, string>()).Select(error => $"{output}{detail.InstanceLocation}: {error.Value}"))
                .DefaultIfEmpty($"{output}: not valid"), record];
    }
}
