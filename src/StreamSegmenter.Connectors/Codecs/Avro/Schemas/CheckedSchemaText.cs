using System.Buffers;
using System.Text;
using System.Text.Json;

namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

/// <summary>The default of a field, by the record's full name and the field's position in it.</summary>
internal readonly record struct SchemaDefault(string Record, int Field, JsonElement Value, string Path);

/// <summary>
/// Checks the text of a schema before Apache.Avro's parser reads it. The text may come from a file or a registry that we do not
/// control: its length, its nesting and its names are checked, and an error has the place and the reason. The parser gets plain text: comments,
/// documentation and defaults are gone, names are full, references point backwards, and what it misreads is kept in properties
/// that it hands through (<see cref="SchemaNodes"/>).
/// </summary>
internal sealed partial class CheckedSchemaText : IDisposable
{
    private const int TextLengthMax = 4 << 20;

    /// <summary>Levels of types, by references too; and of the JSON text, which is Apache.Avro's own limit.</summary>
    private const int NestingMax = 64;

    private readonly JsonDocument _document;
    private readonly List<SchemaDefault> _defaults = [];
    private readonly Dictionary<string, int> _heights = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _writer;

    private CheckedSchemaText(JsonDocument document)
    {
        _document = document;
        _writer = new Utf8JsonWriter(_buffer);
    }

    /// <summary>What Apache.Avro is given.</summary>
    public string Normalised => Encoding.UTF8.GetString(_buffer.WrittenSpan);

    /// <summary>Unchecked, since their types are not known here. Valid until this is disposed.</summary>
    public IReadOnlyList<SchemaDefault> Defaults => _defaults;

    /// <exception cref="AvroSchemaException">The text is not a schema.</exception>
    public static CheckedSchemaText Of(string json, IEnumerable<AvroSchema> known)
    {
        if (json.Length > TextLengthMax)
        {
            throw new AvroSchemaException("$", $"the text has {json.Length} characters; at most {TextLengthMax} are read");
        }

        try
        {
            var text = new CheckedSchemaText(JsonDocument.Parse(json, new JsonDocumentOptions
            {
                CommentHandling = JsonCommentHandling.Skip,
                MaxDepth = NestingMax,
                AllowDuplicateProperties = false,
            }));
            foreach (AvroSchema other in known)
            {
                text._heights[other.Root.DisplayName()] = 1;
            }

            text.Any(text._document.RootElement, "", "$");
            text._writer.Flush();
            return text;
        }
        catch (JsonException notJson)
        {
            string where = notJson.LineNumber is { } line ? $"line {line + 1}, byte {notJson.BytePositionInLine + 1}" : "$";
            throw new AvroSchemaException(where, "not valid JSON: " + notJson.Message.Split(" LineNumber:")[0]);
        }
        catch (InvalidOperationException)
        {
            // The JSON reader checks escapes only when a string is asked for.
            throw new AvroSchemaException("$", "a string holds half a surrogate pair");
        }
    }

    public void Dispose()
    {
        _writer.Dispose();
        _document.Dispose();
    }

    /// <summary>A type that was checked and written: its name, the keyword of an unnamed one, and its levels.</summary>
    private readonly record struct Checked(string Name, int Height);

    private Checked Any(JsonElement json, string enclosing, string path)
    {
        Checked type = json.ValueKind switch
        {
            JsonValueKind.String => Reference(json.GetString()!, enclosing, path),
            JsonValueKind.Array => Union(json, enclosing, path),
            JsonValueKind.Object => Object(json, enclosing, path),
            _ => throw new AvroSchemaException(path, $"a schema is a name, an object or an array of schemas, not {Describe(json)}"),
        };
        return type.Height <= NestingMax
            ? type
            : throw new AvroSchemaException(path, $"types nest more than {NestingMax} levels deep");
    }

    private Checked Reference(string name, string enclosing, string path)
    {
        if (IsPrimitive(name))
        {
            _writer.WriteStringValue(name);
            return new Checked(name, 1);
        }

        if (name is "record" or "enum" or "fixed" or "array" or "map" or "union")
        {
            throw new AvroSchemaException(path, name == "union"
                ? "a union is written as an array of its branches, e.g. [\"null\", \"string\"]"
                : $"'{name}' needs attributes: write {{\"type\": \"{name}\", …}}");
        }

        string full = CheckedName.Resolve(name, enclosing).Full;
        if (!_heights.TryGetValue(full, out int height))
        {
            string lookedFor = full == name ? "" : $" (looked for '{full}')";
            throw new AvroSchemaException(path, $"unknown type '{name}'{lookedFor}.{SuggestType(name)}");
        }

        // The parser takes no bare name for a whole schema.
        _writer.WriteStartObject();
        _writer.WriteString("type", CheckedName.Resolve(full, SchemaNodes.NullNamespace).Full);
        _writer.WriteEndObject();
        return new Checked(full, height);
    }

    private Checked Union(JsonElement json, string enclosing, string path)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        int height = 0;
        _writer.WriteStartArray();
        foreach (JsonElement branch in json.EnumerateArray())
        {
            string at = $"{path}[{seen.Count}]";
            Checked type = Any(branch, enclosing, at);
            if (type.Name == "union")
            {
                throw new AvroSchemaException(at, "a union may not directly hold another union; list its branches in the outer one");
            }

            if (!seen.Add(type.Name))
            {
                throw new AvroSchemaException(at, $"the union already holds '{type.Name}'; only named types may differ by name");
            }

            height = Math.Max(height, type.Height);
        }

        _writer.WriteEndArray();
        return new Checked("union", height + 1);
    }

    private Checked Object(JsonElement json, string enclosing, string path)
    {
        JsonElement type = Require(json, "type", path);
        return type.ValueKind != JsonValueKind.String ? Any(type, enclosing, path + ".type") : type.GetString()! switch
        {
            "record" => Record(json, enclosing, path),
            "enum" => Enum(json, enclosing, path),
            "fixed" => Fixed(json, enclosing, path),
            "array" => Collection(json, "array", "items", enclosing, path),
            "map" => Collection(json, "map", "values", enclosing, path),
            var name when IsPrimitive(name) => Primitive(json, name),
            var name => Reference(name, enclosing, path + ".type"),
        };
    }

    private Checked Collection(JsonElement json, string keyword, string attribute, string enclosing, string path)
    {
        _writer.WriteStartObject();
        _writer.WriteString("type", keyword);
        _writer.WritePropertyName(attribute);
        Checked inner = Any(Require(json, attribute, path), enclosing, $"{path}.{attribute}");
        _writer.WriteEndObject();
        return new Checked(keyword, inner.Height + 1);
    }

    private Checked Primitive(JsonElement json, string keyword)
    {
        _writer.WriteStartObject();
        _writer.WriteString("type", keyword);
        WriteLogicalType(json);
        _writer.WriteEndObject();
        return new Checked(keyword, 1);
    }

    private static bool IsPrimitive(string name) =>
        name is "null" or "boolean" or "int" or "long" or "float" or "double" or "bytes" or "string";
}
