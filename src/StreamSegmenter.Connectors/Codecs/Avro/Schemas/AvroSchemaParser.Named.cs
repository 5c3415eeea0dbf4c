using System.Buffers;
using System.Text.Json;
using StreamSegmenter.Connectors.Codecs.Avro.Binary;
using StreamSegmenter.Definitions;

namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

/// <summary>Records, enums and fixed: names, aliases, fields and their defaults.</summary>
internal sealed partial class AvroSchemaParser
{
    private AvroRecordSchema ParseRecord(JsonElement json, string enclosing, string path)
    {
        AvroName name = ParseName(json, enclosing, path);
        var record = new AvroRecordSchema(name, ParseTypeAliases(json, name, path));
        Define(record, path);

        JsonElement fieldsJson = RequireArray(json, "fields", path);
        var fields = new AvroField[fieldsJson.GetArrayLength()];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < fields.Length; i++)
        {
            fields[i] = ParseField(fieldsJson[i], name, $"{path}.fields[{i}]");
            if (!seen.Add(fields[i].Name))
            {
                throw new AvroSchemaException(
                    $"{path}.fields[{i}].name",
                    $"the record '{name}' already has a field '{fields[i].Name}'");
            }
        }

        record.Complete(fields);
        return record;
    }

    private AvroField ParseField(JsonElement json, AvroName record, string path)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new AvroSchemaException(path, $"a field is an object with 'name' and 'type', not {Describe(json)}");
        }

        string name = RequireString(json, "name", path);
        if (!AvroName.IsIdentifier(name))
        {
            throw new AvroSchemaException(
                path + ".name",
                $"'{name}' is not a field name; use letters, digits and '_', not starting with a digit");
        }

        AvroSchema schema = ParseAny(Require(json, "type", path), record.Namespace, path + ".type");
        var aliases = new List<string>();
        foreach (string alias in Strings(json, "aliases", path))
        {
            aliases.Add(AvroName.IsIdentifier(alias)
                ? alias
                : throw new AvroSchemaException(path + ".aliases", $"'{alias}' is not a field name"));
        }

        if (json.TryGetProperty("order", out JsonElement order)
            && !(order.ValueKind == JsonValueKind.String && order.GetString() is "ascending" or "descending" or "ignore"))
        {
            throw new AvroSchemaException(
                path + ".order",
                $"{Describe(order)} is not one of 'ascending', 'descending', 'ignore'");
        }

        var field = new AvroField(name, schema, aliases);
        if (json.TryGetProperty("default", out JsonElement value))
        {
            _defaults.Add((field, value, path + ".default"));
        }

        return field;
    }

    private AvroEnumSchema ParseEnum(JsonElement json, string enclosing, string path)
    {
        AvroName name = ParseName(json, enclosing, path);
        RequireArray(json, "symbols", path);
        var symbols = new List<string>();
        foreach (string symbol in Strings(json, "symbols", path))
        {
            if (!AvroName.IsIdentifier(symbol) || symbols.Contains(symbol))
            {
                throw new AvroSchemaException($"{path}.symbols[{symbols.Count}]", AvroName.IsIdentifier(symbol)
                    ? $"the symbol '{symbol}' is listed twice"
                    : $"'{symbol}' is not a symbol; use letters, digits and '_', not starting with a digit");
            }

            symbols.Add(symbol);
        }

        if (symbols.Count == 0)
        {
            throw new AvroSchemaException(path + ".symbols", $"the enum '{name}' has no symbols");
        }

        string? fallback = json.TryGetProperty("default", out _) ? RequireString(json, "default", path) : null;
        if (fallback is not null && !symbols.Contains(fallback))
        {
            throw new AvroSchemaException(
                path + ".default",
                $"'{fallback}' is not one of the symbols.{NearestName.Hint(fallback, symbols)}");
        }

        var schema = new AvroEnumSchema(name, ParseTypeAliases(json, name, path), [.. symbols], fallback);
        Define(schema, path);
        return schema;
    }

    private AvroFixedSchema ParseFixed(JsonElement json, string enclosing, string path)
    {
        AvroName name = ParseName(json, enclosing, path);
        JsonElement size = Require(json, "size", path);
        if (size.ValueKind != JsonValueKind.Number || !size.TryGetInt32(out int sizeBytes)
            || sizeBytes < 0 || sizeBytes > FixedBytesMax)
        {
            throw new AvroSchemaException(path + ".size", $"{Describe(size)} is not a size in bytes from 0 to {FixedBytesMax}");
        }

        var schema = new AvroFixedSchema(name, ParseTypeAliases(json, name, path), sizeBytes);
        Define(schema, path);
        return schema;
    }

    private static AvroName ParseName(JsonElement json, string enclosing, string path)
    {
        string text = RequireString(json, "name", path);
        string space = json.TryGetProperty("namespace", out JsonElement given) && given.ValueKind == JsonValueKind.String
            ? given.GetString()!
            : enclosing;
        AvroName name = AvroName.Resolve(text, space);
        if (!AvroName.IsIdentifier(name.Simple) || !AvroName.IsNamespace(name.Namespace))
        {
            throw new AvroSchemaException(
                path + ".name",
                $"'{name}' is not a name; use letters, digits and '_' in parts joined by dots");
        }

        return name;
    }

    private static List<AvroName> ParseTypeAliases(JsonElement json, AvroName name, string path)
    {
        var aliases = new List<AvroName>();
        foreach (string text in Strings(json, "aliases", path))
        {
            AvroName alias = AvroName.Resolve(text, name.Namespace);
            aliases.Add(AvroName.IsIdentifier(alias.Simple) && AvroName.IsNamespace(alias.Namespace)
                ? alias
                : throw new AvroSchemaException(path + ".aliases", $"'{text}' is not a name"));
        }

        return aliases;
    }

    private void Define(AvroNamedSchema schema, string path)
    {
        string name = schema.Name.Full;
        if (AvroPrimitiveSchema.TryType(name, out _))
        {
            throw new AvroSchemaException(path + ".name", $"'{name}' is a primitive type and cannot be defined");
        }

        if (!_names.TryAdd(name, schema))
        {
            throw new AvroSchemaException(path + ".name", $"'{name}' is already defined; refer to it by its name instead");
        }
    }

    /// <summary>Checks and encodes every default once the types that they need are complete.</summary>
    private void EncodeDefaults()
    {
        long workLeft = AvroJsonEncoder.WorkMaxForOneSchema;
        foreach ((AvroField field, JsonElement value, string path) in _defaults)
        {
            var encoded = new ArrayBufferWriter<byte>();
            if (!AvroJsonEncoder.TryEncode(field.Schema, value, encoded, ref workLeft, out AvroJsonError error))
            {
                throw new AvroSchemaException(
                    path + error.Path,
                    $"not a default of type {field.Schema.DisplayName}: {error.Reason}");
            }

            field.DefaultEncoded = encoded.WrittenSpan.ToArray();
        }
    }
}
