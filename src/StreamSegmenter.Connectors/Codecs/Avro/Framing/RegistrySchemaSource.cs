using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Connectors.Codecs.Avro.Framing;

/// <summary>What came of registering a schema: its id, or why there is none.</summary>
public readonly record struct SchemaRegistration(SchemaOutcome Outcome, int Id, string? Reason);

/// <summary>
/// A Confluent-compatible schema registry over HTTP. An id means the same schema for ever, so what was found is kept and
/// works on when the registry is down; what was not is asked again after a while. A look-up of an unknown id blocks for at
/// most the client's time-out.
/// </summary>
public sealed class RegistrySchemaSource : ISchemaSource
{
    private const int FailuresMax = 1024;
    private const int ReferenceDepthMax = 8;
    private const int ReferencesMax = 64;

    private readonly RegistryClient _client;
    private readonly RegistryOptions _options;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<int, SchemaLookup> _known = new();
    private readonly ConcurrentDictionary<int, (SchemaLookup Lookup, DateTimeOffset Until)> _failed = new();
    private readonly Lock _asking = new();

    /// <param name="http">Give it a <see cref="HttpClient.Timeout"/> of a few seconds; see <see cref="CreateClient"/>.</param>
    /// <param name="options">Where and as whom to ask.</param>
    /// <param name="time">Paces the asking after failures.</param>
    public RegistrySchemaSource(HttpClient http, RegistryOptions options, TimeProvider time)
    {
        _client = new RegistryClient(http, options);
        _options = options;
        _time = time;
    }

    /// <summary>A client with a time-out of 5 s that takes answers of at most 8 MiB.</summary>
    public static HttpClient CreateClient() => new()
    {
        Timeout = TimeSpan.FromSeconds(5),
        MaxResponseContentBufferSize = 8 << 20,
    };

    public SchemaLookup ById(int id)
    {
        if (_known.TryGetValue(id, out SchemaLookup known) || TryRecall(id, out known))
        {
            return known;
        }

        // One question at a time: lanes that meet the same new id together wait for one answer.
        lock (_asking)
        {
            return _known.TryGetValue(id, out known) || TryRecall(id, out known) ? known : Ask(id);
        }
    }

    public SchemaLookup ByFingerprint(ulong fingerprint) => new(
        SchemaOutcome.NotFound,
        null,
        $"a schema registry does not know fingerprints ({fingerprint:x16}); put the writer's .avsc file into the schemas folder");

    /// <summary>Registers an output's schema under a subject, usually the topic's name with "-value"; the same schema again
    /// has the same id.</summary>
    public SchemaRegistration Register(string subject, AvroSchema schema)
    {
        string body = JsonSerializer.Serialize(new Dictionary<string, string> { ["schema"] = schema.Text });
        SchemaOutcome outcome = _client.Post(
            $"/subjects/{Uri.EscapeDataString(subject)}/versions", body, out JsonDocument? answer, out string? reason);
        using (answer)
        {
            if (outcome != SchemaOutcome.Found)
            {
                return new SchemaRegistration(outcome, 0, reason);
            }

            if (answer!.RootElement.ValueKind != JsonValueKind.Object
                || !answer.RootElement.TryGetProperty("id", out JsonElement idJson)
                || idJson.ValueKind != JsonValueKind.Number
                || !idJson.TryGetInt32(out int id))
            {
                return new SchemaRegistration(
                    SchemaOutcome.Unavailable, 0, $"registering '{subject}': the registry's answer holds no id");
            }

            _known[id] = SchemaLookup.Found(schema);
            return new SchemaRegistration(SchemaOutcome.Found, id, null);
        }
    }

    private bool TryRecall(int id, out SchemaLookup lookup)
    {
        bool recalled = _failed.TryGetValue(id, out (SchemaLookup Lookup, DateTimeOffset Until) failure)
            && _time.GetUtcNow() < failure.Until;
        lookup = failure.Lookup;
        return recalled;
    }

    private SchemaLookup Ask(int id)
    {
        int referencesLeft = ReferencesMax;
        SchemaLookup lookup = Fetch(
            string.Create(CultureInfo.InvariantCulture, $"/schemas/ids/{id}"), ReferenceDepthMax, ref referencesLeft);
        if (lookup.Outcome is SchemaOutcome.Found or SchemaOutcome.Unusable)
        {
            _failed.TryRemove(id, out _);
            return _known[id] = lookup;
        }

        if (_failed.Count >= FailuresMax)
        {
            _failed.Clear();
        }

        TimeSpan pause = lookup.Outcome == SchemaOutcome.NotFound ? _options.NotFoundFor : _options.UnavailableFor;
        _failed[id] = (lookup, _time.GetUtcNow() + pause);
        return lookup;
    }

    /// <summary>One schema with the schemas that it refers to.</summary>
    private SchemaLookup Fetch(string path, int depthLeft, ref int referencesLeft)
    {
        SchemaOutcome outcome = _client.Get(path, out JsonDocument? answer, out string? reason);
        using (answer)
        {
            if (outcome != SchemaOutcome.Found)
            {
                return new SchemaLookup(outcome, null, reason);
            }

            JsonElement root = answer!.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !TryText(root, "schema", out string text))
            {
                return new SchemaLookup(SchemaOutcome.Unavailable, null, $"{path}: the registry's answer holds no schema");
            }

            if (TryText(root, "schemaType", out string type) && type != "AVRO")
            {
                return new SchemaLookup(SchemaOutcome.Unusable, null, $"{path}: a schema of type {type}; only AVRO is supported");
            }

            var known = new List<AvroNamedSchema>();
            if (root.TryGetProperty("references", out JsonElement references) && references.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement reference in references.EnumerateArray())
                {
                    SchemaLookup referred = FetchReference(path, reference, depthLeft, ref referencesLeft);
                    if (referred.Outcome != SchemaOutcome.Found)
                    {
                        return referred;
                    }

                    known.Add((AvroNamedSchema)referred.Schema!);
                }
            }

            return AvroSchema.TryParse(text, known, out AvroSchema? schema, out AvroSchemaError error)
                ? SchemaLookup.Found(schema!)
                : new SchemaLookup(SchemaOutcome.Unusable, null, $"{path}: {error}");
        }
    }

    private SchemaLookup FetchReference(string path, JsonElement reference, int depthLeft, ref int referencesLeft)
    {
        if (depthLeft == 0 || --referencesLeft < 0)
        {
            return new SchemaLookup(
                SchemaOutcome.Unusable,
                null,
                $"{path}: more than {ReferencesMax} references, or deeper than {ReferenceDepthMax}");
        }

        if (reference.ValueKind != JsonValueKind.Object || !TryText(reference, "subject", out string subject)
            || !reference.TryGetProperty("version", out JsonElement version) || version.ValueKind != JsonValueKind.Number)
        {
            return new SchemaLookup(SchemaOutcome.Unusable, null, $"{path}: a reference names no subject and version");
        }

        string at = $"/subjects/{Uri.EscapeDataString(subject)}/versions/{version.GetRawText()}";
        SchemaLookup referred = Fetch(at, depthLeft - 1, ref referencesLeft);
        return referred.Outcome != SchemaOutcome.Found || referred.Schema is AvroNamedSchema
            ? referred
            : new SchemaLookup(SchemaOutcome.Unusable, null, $"{path} refers to {at}, which is not a named type");
    }

    private static bool TryText(JsonElement json, string property, out string text)
    {
        bool isText = json.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.String;
        text = isText ? value.GetString()! : "";
        return text.Length > 0;
    }
}
