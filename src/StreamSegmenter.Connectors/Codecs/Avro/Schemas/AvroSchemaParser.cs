using System.Text.Json;

namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

/// <summary>
/// Reads a schema's JSON text. The text may come from a file or a registry that we do not control, so its length, its
/// nesting and the size of its defaults are bounded. Named types are kept in the order in which the text defines them, since a
/// reference may only point backwards.
/// </summary>
internal sealed partial class AvroSchemaParser
{
    private const int TextLengthMax = 4 << 20;
    private const int NestingMax = 64;
    private const int FixedBytesMax = 16 << 20;

    private readonly Dictionary<string, AvroNamedSchema> _names = new(StringComparer.Ordinal);
    private readonly List<(AvroField Field, JsonElement Default, string Path)> _defaults = [];

    private AvroSchemaParser(IEnumerable<AvroNamedSchema> known)
    {
        foreach (AvroNamedSchema named in known)
        {
            _names[named.Name.Full] = named;
        }
    }

    /// <exception cref="AvroSchemaException">The text is not a schema.</exception>
    public static AvroSchema Parse(string json, IEnumerable<AvroNamedSchema> known)
    {
        if (json.Length > TextLengthMax)
        {
            throw new AvroSchemaException("$", $"the text has {json.Length} characters; at most {TextLengthMax} are read");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions
            {
                CommentHandling = JsonCommentHandling.Skip,
                MaxDepth = 3 * NestingMax,
                AllowDuplicateProperties = false,
            });
            var parser = new AvroSchemaParser(known);
            AvroSchema schema = parser.ParseAny(document.RootElement, "", "$");
            parser.EncodeDefaults();
            schema.KeepText(json);
            return schema;
        }
        catch (JsonException notJson)
        {
            string where = notJson.LineNumber is { } line ? $"line {line + 1}, byte {notJson.BytePositionInLine + 1}" : "$";
            throw new AvroSchemaException(where, "not valid JSON: " + FirstSentence(notJson.Message));
        }
        catch (InvalidOperationException)
        {
            // The JSON reader checks escapes only when a string is asked for.
            throw new AvroSchemaException("$", "a string holds half a surrogate pair");
        }
    }

    private AvroSchema ParseAny(JsonElement json, string enclosing, string path)
    {
        AvroSchema schema = json.ValueKind switch
        {
            JsonValueKind.String => ParseReference(json.GetString()!, enclosing, path),
            JsonValueKind.Array => ParseUnion(json, enclosing, path),
            JsonValueKind.Object => ParseObject(json, enclosing, path),
            _ => throw new AvroSchemaException(
                path,
                $"a schema is a name, an object or an array of schemas, not {Describe(json)}"),
        };
        return schema.Height <= NestingMax
            ? schema
            : throw new AvroSchemaException(path, $"types nest more than {NestingMax} levels deep");
    }

    private AvroSchema ParseReference(string name, string enclosing, string path)
    {
        if (AvroPrimitiveSchema.TryType(name, out AvroType primitive))
        {
            return new AvroPrimitiveSchema(primitive);
        }

        if (name is "record" or "enum" or "fixed" or "array" or "map" or "union")
        {
            throw new AvroSchemaException(path, name == "union"
                ? "a union is written as an array of its branches, e.g. [\"null\", \"string\"]"
                : $"'{name}' needs attributes: write {{\"type\": \"{name}\", …}}");
        }

        string full = AvroName.Resolve(name, enclosing).Full;
        if (_names.TryGetValue(full, out AvroNamedSchema? named))
        {
            return named;
        }

        string lookedFor = full == name ? "" : $" (looked for '{full}')";
        throw new AvroSchemaException(path, $"unknown type '{name}'{lookedFor}.{SuggestType(name)}");
    }

    private AvroUnionSchema ParseUnion(JsonElement json, string enclosing, string path)
    {
        var branches = new AvroSchema[json.GetArrayLength()];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < branches.Length; i++)
        {
            string at = $"{path}[{i}]";
            branches[i] = ParseAny(json[i], enclosing, at);
            if (branches[i].Type == AvroType.Union)
            {
                throw new AvroSchemaException(
                    at,
                    "a union may not directly hold another union; list its branches in the outer one");
            }

            if (!seen.Add(branches[i].DisplayName))
            {
                throw new AvroSchemaException(
                    at,
                    $"the union already holds '{branches[i].DisplayName}'; only named types may differ by name");
            }
        }

        return new AvroUnionSchema(branches);
    }

    private AvroSchema ParseObject(JsonElement json, string enclosing, string path)
    {
        if (!json.TryGetProperty("type", out JsonElement type))
        {
            throw new AvroSchemaException(path, "the attribute 'type' is missing");
        }

        string at = path + ".type";
        AvroSchema schema = type.ValueKind != JsonValueKind.String ? ParseAny(type, enclosing, at) : type.GetString() switch
        {
            "record" => ParseRecord(json, enclosing, path),
            "enum" => ParseEnum(json, enclosing, path),
            "fixed" => ParseFixed(json, enclosing, path),
            "array" => new AvroArraySchema(ParseAny(Require(json, "items", path), enclosing, path + ".items")),
            "map" => new AvroMapSchema(ParseAny(Require(json, "values", path), enclosing, path + ".values")),
            string name => ParseReference(name, enclosing, at),
            null => throw new AvroSchemaException(at, "'type' is null"),
        };

        // A reference to a named type shares its object, so only a definition may be given a logical type.
        bool defines = schema is AvroPrimitiveSchema or AvroFixedSchema { Height: 1 } && type.ValueKind == JsonValueKind.String;
        if (defines && (schema is AvroPrimitiveSchema || type.ValueEquals("fixed")))
        {
            schema.LogicalType = ParseLogicalType(json, schema);
        }

        return schema;
    }

    /// <summary>Unknown or unfitting logical types are ignored, as the specification asks.</summary>
    private static AvroLogicalType ParseLogicalType(JsonElement json, AvroSchema schema)
    {
        if (!json.TryGetProperty("logicalType", out JsonElement name) || name.ValueKind != JsonValueKind.String)
        {
            return default;
        }

        return (name.GetString(), schema.Type) switch
        {
            ("date", AvroType.Int) => new AvroLogicalType(AvroLogicalKind.Date),
            ("timestamp-millis", AvroType.Long) => new AvroLogicalType(AvroLogicalKind.TimestampMillis),
            ("timestamp-micros", AvroType.Long) => new AvroLogicalType(AvroLogicalKind.TimestampMicros),
            ("uuid", AvroType.String) => new AvroLogicalType(AvroLogicalKind.Uuid),
            ("uuid", AvroType.Fixed) when ((AvroFixedSchema)schema).SizeBytes == 16 => new AvroLogicalType(AvroLogicalKind.Uuid),
            ("decimal", AvroType.Bytes) => ParseDecimal(json, int.MaxValue),
            ("decimal", AvroType.Fixed) => ParseDecimal(
                json,
                AvroLogicalType.DecimalDigitsMax(((AvroFixedSchema)schema).SizeBytes)),
            _ => default,
        };
    }

    private static AvroLogicalType ParseDecimal(JsonElement json, int digitsMax)
    {
        int scale = 0;
        bool valid = json.TryGetProperty("precision", out JsonElement precisionJson)
            && precisionJson.ValueKind == JsonValueKind.Number
            && precisionJson.TryGetInt32(out int precision)
            && precision > 0 && precision <= digitsMax
            && (!json.TryGetProperty("scale", out JsonElement scaleJson)
                || (scaleJson.ValueKind == JsonValueKind.Number
                    && scaleJson.TryGetInt32(out scale) && scale >= 0 && scale <= precision));
        return valid ? new AvroLogicalType(AvroLogicalKind.Decimal, precisionJson.GetInt32(), scale) : default;
    }
}
