using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using StreamSegmenter.Definitions;
using StreamSegmenter.Runtime.Configuration.Nodes;

namespace StreamSegmenter.Runtime.Configuration.Shapes;

/// <summary>A key of a section.</summary>
/// <param name="Description">One or two sentences: meaning, unit, what happens without it.</param>
/// <param name="Default">The value that holds where the key is missing, as the file would write it.</param>
internal sealed record Key(string Name, Shape Shape, string Description, string? Default = null, bool Required = false);

/// <summary>A section: a map with known keys.</summary>
internal sealed class ObjectShape(string what, params Key[] keys) : Shape
{
    public IReadOnlyList<Key> Keys => keys;

    /// <summary>Keys that begin so are the user's own, of any name; null: there are none.</summary>
    public string? OpenPrefix { get; init; }

    /// <summary>The shape of the values of such keys.</summary>
    public Shape? OpenShape { get; init; }

    public override string Expectation => $"a map with the keys {string.Join(", ", Names)}";

    private string[] Names => [.. keys.Select(k => k.Name)];

    /// <exception cref="InvalidOperationException">The table has no such key: a fault of the program.</exception>
    public Key this[string name] => keys.FirstOrDefault(k => k.Name == name)
        ?? throw new InvalidOperationException($"The table of {what} has no key '{name}'.");

    public Key? Find(string name) => keys.FirstOrDefault(k => k.Name == name) ?? FindOpen(name);

    private Key? FindOpen(string name) =>
        OpenPrefix is not null && name.Length > OpenPrefix.Length && name.StartsWith(OpenPrefix, StringComparison.Ordinal)
            ? new Key(name, OpenShape!, "")
            : null;

    /// <summary>The complaint about a key that there is not.</summary>
    public string Unknown(string name) => $"unknown key '{name}' in {what}{NearestName.HintOrList(name, Names)}";

    /// <summary>One of the map's unknown keys is most likely this one: it is not missing then.</summary>
    public bool IsMistyped(MapNode map, string name) =>
        map.Entries.Any(e => Find(e.Key) is null && NearestName.Of(e.Key, Names) == name);

    public override void Check(ConfigurationNode node, string name, Problems problems)
    {
        if (node is ScalarNode { IsNull: true } && !keys.Any(k => k.Required))
        {
            return;
        }

        if (node is not MapNode map)
        {
            Refuse(node, name, problems);
            return;
        }

        foreach (var entry in map.Entries)
        {
            if (Find(entry.Key) is { } key)
            {
                key.Shape.Check(entry.Value, key.Name, problems);
            }
            else
            {
                problems.Add(entry.KeyPlace, Unknown(entry.Key));
            }
        }

        foreach (var key in keys)
        {
            if (key.Required && map.Find(key.Name) is null && !IsMistyped(map, key.Name))
            {
                problems.Add(map.Place, $"'{key.Name}' is missing in {what}; it expects {key.Shape.Expectation}");
            }
        }
    }

    public override JsonObject ToSchema()
    {
        var properties = new JsonObject();
        foreach (var key in keys)
        {
            var schema = key.Shape.ToSchema();
            schema.Insert(0, "description", key.Description);
            if (key.Default is not null)
            {
                schema["default"] = DefaultOf(key);
            }

            properties[key.Name] = schema;
        }

        var section = new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
        if (OpenPrefix is not null)
        {
            section["patternProperties"] = new JsonObject { [$"^{Regex.Escape(OpenPrefix)}."] = OpenShape!.ToSchema() };
        }

        if (keys.Any(k => k.Required))
        {
            section["required"] = new JsonArray([.. keys.Where(k => k.Required).Select(k => (JsonNode)k.Name)]);
        }

        return section;
    }

    private static JsonNode DefaultOf(Key key) => key.Shape switch
    {
        IntegerShape when IntegerShape.TryParse(key.Default!, out var number) => number,
        BooleanShape => BooleanShape.IsTrue(key.Default!),
        ListShape => new JsonArray([.. key.Default!.Trim('[', ']').Split(", ").Select(item => (JsonNode)item)]),
        _ => key.Default!,
    };
}
