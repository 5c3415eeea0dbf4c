using System.Globalization;
using System.Text.Json;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;
using StreamSegmenter.Definitions;

namespace StreamSegmenter.Connectors.Codecs.Avro.Framing;

/// <summary>
/// The schemas of a folder, <c>*.avsc</c>, read once. By fingerprint it knows them all; by id those that the folder's
/// <c>ids.json</c> names, an object from id to file: <c>{"7": "storefront-event.avsc"}</c>.
/// </summary>
internal sealed class FolderSchemaSource : ISchemaSource
{
    private const string IdsFile = "ids.json";

    private readonly string _folder;
    private readonly Dictionary<ulong, AvroSchema> _byFingerprint = [];
    private readonly Dictionary<int, AvroSchema> _byId = [];

    private FolderSchemaSource(string folder) => _folder = folder;

    /// <summary>Reads the folder. Every file that is wrong has its line in <paramref name="errors"/>.</summary>
    public static bool TryLoad(string folder, out FolderSchemaSource? source, out IReadOnlyList<string> errors)
    {
        var problems = new List<string>();
        errors = problems;
        source = null;
        if (!Directory.Exists(folder))
        {
            problems.Add($"{folder}: there is no such folder; name the one that holds the .avsc files");
            return false;
        }

        var loaded = new FolderSchemaSource(folder);
        var byFile = new Dictionary<string, AvroSchema>(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(folder, "*.avsc").Order(StringComparer.Ordinal))
        {
            if (AvroSchema.TryParse(File.ReadAllText(file), out AvroSchema? schema, out AvroSchemaError error))
            {
                loaded._byFingerprint[schema!.Fingerprint] = schema;
                byFile[Path.GetFileName(file)] = schema;
            }
            else
            {
                problems.Add($"{file}: {error}");
            }
        }

        string ids = Path.Combine(folder, IdsFile);
        if (File.Exists(ids))
        {
            loaded.LoadIds(ids, byFile, problems);
        }

        source = problems.Count == 0 ? loaded : null;
        return source is not null;
    }

    public SchemaLookup ById(int id) => _byId.TryGetValue(id, out AvroSchema? schema)
        ? SchemaLookup.Found(schema)
        : new SchemaLookup(SchemaOutcome.NotFound, null, $"schema id {id} is not in {Path.Combine(_folder, IdsFile)}; "
            + "add a line for it, or configure a schema registry");

    public SchemaLookup ByFingerprint(ulong fingerprint) => _byFingerprint.TryGetValue(fingerprint, out AvroSchema? schema)
        ? SchemaLookup.Found(schema)
        : new SchemaLookup(SchemaOutcome.NotFound, null, $"no schema in {_folder} has the fingerprint {fingerprint:x16}; "
            + "put the writer's .avsc file there");

    private void LoadIds(string file, Dictionary<string, AvroSchema> byFile, List<string> problems)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
            foreach (JsonProperty entry in document.RootElement.EnumerateObject())
            {
                string? name = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString() : null;
                if (!int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                {
                    problems.Add($"{file}: '{entry.Name}' is not a schema id; ids are whole numbers");
                }
                else if (name is null || !byFile.TryGetValue(name, out AvroSchema? schema))
                {
                    string remedy = NearestName.Hint(name ?? "", byFile.Keys);
                    problems.Add($"{file}: id {id}: no readable schema '{name}' in the folder.{remedy}");
                }
                else
                {
                    _byId[id] = schema;
                }
            }
        }
        catch (Exception bad) when (bad is JsonException or InvalidOperationException)
        {
            problems.Add($"{file}: not a JSON object from schema ids to file names");
        }
    }
}
