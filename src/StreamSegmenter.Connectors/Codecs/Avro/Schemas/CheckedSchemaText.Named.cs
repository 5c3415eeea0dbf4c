using System.Text.Json;
using StreamSegmenter.Definitions;

namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

/// <summary>Records, enums and fixed: names, aliases, fields, symbols.</summary>
internal sealed partial class CheckedSchemaText
{
    private const int FixedBytesMax = 16 << 20;

    private Checked Record(JsonElement json, string enclosing, string path)
    {
        CheckedName name = OpenNamed("record", json, enclosing, path);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        int height = 0;
        _writer.WriteStartArray("fields");
        foreach (JsonElement field in RequireArray(json, "fields", path).EnumerateArray())
        {
            height = Math.Max(height, Field(field, name, seen, $"{path}.fields[{seen.Count}]").Height);
        }

        _writer.WriteEndArray();
        _writer.WriteEndObject();
        _heights[name.Full] = height + 1;
        return new Checked(name.Full, height + 1);
    }

    private Checked Field(JsonElement json, CheckedName record, HashSet<string> seen, string path)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new AvroSchemaException(path, $"a field is an object with 'name' and 'type', not {Describe(json)}");
        }

        string name = RequireString(json, "name", path);
        if (!CheckedName.IsIdentifier(name))
        {
            throw new AvroSchemaException(
                path + ".name", $"'{name}' is not a field name; use letters, digits and '_', not starting with a digit");
        }

        _writer.WriteStartObject();
        _writer.WriteString("name", name);
        WriteAliases(Strings(json, "aliases", path).ConvertAll(alias => CheckedName.IsIdentifier(alias)
            ? alias
            : throw new AvroSchemaException(path + ".aliases", $"'{alias}' is not a field name")));
        _writer.WritePropertyName("type");
        Checked type = Any(Require(json, "type", path), record.Namespace, path + ".type");
        _writer.WriteEndObject();
        if (json.TryGetProperty("order", out JsonElement order)
            && !(order.ValueKind == JsonValueKind.String && order.GetString() is "ascending" or "descending" or "ignore"))
        {
            throw new AvroSchemaException(path + ".order", $"{Describe(order)} is not one of 'ascending', 'descending', 'ignore'");
        }

        if (json.TryGetProperty("default", out JsonElement value))
        {
            _defaults.Add(new SchemaDefault(record.Full, seen.Count, value, path + ".default"));
        }

        return seen.Add(name)
            ? type
            : throw new AvroSchemaException(path + ".name", $"the record '{record.Full}' already has a field '{name}'");
    }

    private Checked Enum(JsonElement json, string enclosing, string path)
    {
        CheckedName name = OpenNamed("enum", json, enclosing, path);
        RequireArray(json, "symbols", path);
        var symbols = new List<string>();
        foreach (string symbol in Strings(json, "symbols", path))
        {
            if (!CheckedName.IsIdentifier(symbol) || symbols.Contains(symbol))
            {
                throw new AvroSchemaException($"{path}.symbols[{symbols.Count}]", CheckedName.IsIdentifier(symbol)
                    ? $"the symbol '{symbol}' is listed twice"
                    : $"'{symbol}' is not a symbol; use letters, digits and '_', not starting with a digit");
            }

            symbols.Add(symbol);
        }

        if (symbols.Count == 0)
        {
            throw new AvroSchemaException(path + ".symbols", $"the enum '{name.Full}' has no symbols");
        }

        string? fallback = json.TryGetProperty("default", out _) ? RequireString(json, "default", path) : null;
        if (fallback is not null && !symbols.Contains(fallback))
        {
            throw new AvroSchemaException(
                path + ".default", $"'{fallback}' is not one of the symbols.{NearestName.Hint(fallback, symbols)}");
        }

        WriteStrings("symbols", symbols);
        if (fallback is not null)
        {
            _writer.WriteString("default", fallback);
        }

        _writer.WriteEndObject();
        return new Checked(name.Full, 1);
    }

    private Checked Fixed(JsonElement json, string enclosing, string path)
    {
        CheckedName name = OpenNamed("fixed", json, enclosing, path);
        JsonElement size = Require(json, "size", path);
        if (size.ValueKind != JsonValueKind.Number || !size.TryGetInt32(out int bytes) || bytes < 1 || bytes > FixedBytesMax)
        {
            throw new AvroSchemaException(path + ".size", $"{Describe(size)} is not a size in bytes from 1 to {FixedBytesMax}");
        }

        _writer.WriteNumber("size", bytes);
        WriteLogicalType(json);
        _writer.WriteEndObject();
        return new Checked(name.Full, 1);
    }

    /// <summary>Checks the name, defines it, and begins the type's object.</summary>
    private CheckedName OpenNamed(string keyword, JsonElement json, string enclosing, string path)
    {
        string text = RequireString(json, "name", path);
        string space = json.TryGetProperty("namespace", out JsonElement given) && given.ValueKind == JsonValueKind.String
            ? given.GetString()!
            : enclosing;
        CheckedName name = CheckedName.Resolve(text, space);
        if (!name.IsValid)
        {
            throw new AvroSchemaException(
                path + ".name", $"'{name.Full}' is not a name; use letters, digits and '_' in parts joined by dots");
        }

        if (IsPrimitive(name.Full))
        {
            throw new AvroSchemaException(path + ".name", $"'{name.Full}' is a primitive type and cannot be defined");
        }

        if (!_heights.TryAdd(name.Full, 1))
        {
            throw new AvroSchemaException(path + ".name", $"'{name.Full}' is already defined; refer to it by its name instead");
        }

        _writer.WriteStartObject();
        _writer.WriteString("type", keyword);
        _writer.WriteString("name", name.Simple);
        _writer.WriteString("namespace", name.Namespace.Length == 0 ? SchemaNodes.NullNamespace : name.Namespace);
        WriteAliases(Strings(json, "aliases", path).ConvertAll(alias => CheckedName.Resolve(alias, name.Namespace) is { IsValid: true } other
            ? other.Full
            : throw new AvroSchemaException(path + ".aliases", $"'{alias}' is not a name")));
        return name;
    }

    private void WriteAliases(List<string> aliases)
    {
        if (aliases.Count > 0)
        {
            WriteStrings(SchemaNodes.AliasesProperty, aliases);
        }
    }

    private void WriteStrings(string property, List<string> texts)
    {
        _writer.WriteStartArray(property);
        texts.ForEach(_writer.WriteStringValue);
        _writer.WriteEndArray();
    }

    private void WriteLogicalType(JsonElement json)
    {
        if (!json.TryGetProperty("logicalType", out JsonElement kind) || kind.ValueKind != JsonValueKind.String)
        {
            return;
        }

        _writer.WriteString(SchemaNodes.LogicalTypeProperty, kind.GetString());
        foreach (string attribute in (ReadOnlySpan<string>)["precision", "scale"])
        {
            if (json.TryGetProperty(attribute, out JsonElement value))
            {
                int number = 0;
                bool fits = value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out number);
                _writer.WriteNumber(attribute, fits ? number : -1);
            }
        }
    }
}
