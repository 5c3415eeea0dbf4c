using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using global::Avro;

namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

/// <summary>
/// A schema as Apache.Avro reads it, with its text. Immutable once it is parsed, and safe to share between threads. Named types that
/// refer to themselves make <see cref="Root"/> a cyclic graph.
/// </summary>
internal sealed class AvroSchema
{
    private readonly Dictionary<Field, byte[]> _defaults;
    private string? _canonicalForm;

    /// <param name="defaults">By reference, in the encoding of the fields' types.</param>
    internal AvroSchema(Schema root, Dictionary<Field, byte[]> defaults, string? text = null)
    {
        Root = root;
        Text = text ?? CanonicalForm;
        _defaults = defaults;
        EncodedBytesMin = new SchemaSizes().BytesMin(root);
    }

    public Schema Root { get; }

    /// <summary>The root as a record; null for another type.</summary>
    public RecordSchema? Record => Root as RecordSchema;

    /// <summary>Whether other schemas can refer to it by name.</summary>
    public bool IsNamed => Root is NamedSchema;

    /// <summary>The text from which it was parsed, with all that the canonical form leaves out.</summary>
    public string Text { get; }

    /// <summary>The specification's parsing canonical form: two schemas with the same form read the same bytes alike.</summary>
    public string CanonicalForm => _canonicalForm ??= SchemaNormalization.ToParsingForm(Root).Replace($"\"{SchemaNodes.NullNamespace}.", "\"");

    /// <summary>CRC-64-AVRO of the canonical form, the schema id of single-object encoding.</summary>
    public ulong Fingerprint => BinaryPrimitives.ReadUInt64LittleEndian(
        SchemaNormalization.Fingerprint("CRC-64-AVRO", Encoding.UTF8.GetBytes(CanonicalForm)));

    /// <summary>Fewest bytes that a value takes: the bound on how many records a block can hold.</summary>
    internal int EncodedBytesMin { get; }

    /// <summary>Parses the text of a schema. Bad text is a value, never an exception.</summary>
    public static bool TryParse(string json, out AvroSchema? schema, out AvroSchemaError error) =>
        TryParse(json, [], out schema, out error);

    /// <summary>As above; the named types <paramref name="known"/> may be referred to without being defined in the text.</summary>
    public static bool TryParse(
        string json, IReadOnlyCollection<AvroSchema> known, out AvroSchema? schema, out AvroSchemaError error)
    {
        try
        {
            schema = Parse(json, known);
            error = default;
            return true;
        }
        catch (AvroSchemaException bad)
        {
            schema = null;
            error = bad.Error;
            return false;
        }
    }

    /// <summary>As <see cref="TryParse(string, out AvroSchema?, out AvroSchemaError)"/> for schemas that we ship.</summary>
    /// <exception cref="AvroSchemaException">The text is not a schema.</exception>
    public static AvroSchema Parse(string json) => Parse(json, []);

    /// <summary>A field's default in the binary encoding of its type; null when it has none.</summary>
    public byte[]? DefaultOf(Field field) => _defaults.GetValueOrDefault(field);

    public override string ToString() => CanonicalForm;

    private static AvroSchema Parse(string json, IReadOnlyCollection<AvroSchema> known)
    {
        using CheckedSchemaText text = CheckedSchemaText.Of(json, known);
        var names = new SchemaNames();
        foreach (AvroSchema other in known)
        {
            names.Add((NamedSchema)other.Root);
        }

        Schema root;
        try
        {
            root = Schema.Parse(text.Normalised, names);
        }
        catch (Exception unforeseen) when (unforeseen is AvroException or ArgumentException or JsonException)
        {
            throw new AvroSchemaException("$", unforeseen.Message);
        }

        var fullNames = names.Names.Values.ToDictionary(named => named.FullName(), StringComparer.Ordinal);
        var defaults = new Dictionary<Field, byte[]>(known.SelectMany(other => other._defaults), ReferenceEqualityComparer.Instance);
        long workLeft = AvroJsonEncoder.WorkMaxForOneSchema;
        foreach (SchemaDefault given in text.Defaults)
        {
            Field field = ((RecordSchema)fullNames[given.Record]).Fields[given.Field];
            defaults.Add(field, Encode(field, given, defaults, ref workLeft));
        }

        return new AvroSchema(root, defaults, json);
    }

    private static byte[] Encode(Field field, SchemaDefault given, Dictionary<Field, byte[]> defaults, ref long workLeft)
    {
        var encoded = new ArrayBufferWriter<byte>();
        return AvroJsonEncoder.TryEncode(field.Schema, defaults.GetValueOrDefault, given.Value, encoded, ref workLeft, out AvroSchemaError error)
            ? encoded.WrittenSpan.ToArray()
            : throw new AvroSchemaException(
                given.Path + error.Path, $"not a default of type {field.Schema.DisplayName()}: {error.Reason}");
    }
}
