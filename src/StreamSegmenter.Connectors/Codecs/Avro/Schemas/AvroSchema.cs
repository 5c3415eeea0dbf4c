using System.Text;

namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

/// <summary>
/// A parsed Avro schema: immutable once <see cref="TryParse(string, out AvroSchema?, out AvroSchemaError)"/> has
/// returned it, and safe to share between threads. Named types that refer to themselves make it a cyclic graph.
/// </summary>
internal abstract class AvroSchema
{
    private string? _canonicalForm;

    // Boxed, so that two threads that compute it together see either nothing or the whole number.
    private object? _fingerprint;
    private string? _text;

    private protected AvroSchema(AvroType type) => Type = type;

    public AvroType Type { get; }

    public AvroLogicalType LogicalType { get; internal set; }

    /// <summary>The text from which it was parsed, with all that the canonical form leaves out; the form itself for inner
    /// types.</summary>
    public string Text => _text ?? CanonicalForm;

    /// <summary>How an error names this type: the full name of a named type, else the type's keyword.</summary>
    public virtual string DisplayName => TypeKeyword(Type);

    /// <summary>Fewest bytes that a value takes: the bound on how many items an announced count can be true for.</summary>
    internal int EncodedBytesMin { get; private protected set; }

    /// <summary>Levels of nesting below and including this type; a reference back into an open definition adds none.</summary>
    internal int Height { get; private protected set; } = 1;

    /// <summary>The specification's parsing canonical form: two schemas with the same form read the same bytes alike.</summary>
    public string CanonicalForm => _canonicalForm ??= AvroCanonicalForm.Of(this);

    /// <summary>CRC-64-AVRO of the canonical form, the schema id of single-object encoding.</summary>
    public ulong Fingerprint => (ulong)(_fingerprint ??= AvroFingerprint.Of(Encoding.UTF8.GetBytes(CanonicalForm)));

    /// <summary>Parses the text of a schema. Bad text is a value, never an exception.</summary>
    public static bool TryParse(string json, out AvroSchema? schema, out AvroSchemaError error) =>
        TryParse(json, [], out schema, out error);

    /// <summary>As above; names in <paramref name="known"/> may be referred to without being defined in the text.</summary>
    public static bool TryParse(
        string json, IEnumerable<AvroNamedSchema> known, out AvroSchema? schema, out AvroSchemaError error)
    {
        schema = null;
        error = default;
        try
        {
            schema = AvroSchemaParser.Parse(json, known);
            return true;
        }
        catch (AvroSchemaException bad)
        {
            error = bad.Error;
            return false;
        }
    }

    /// <summary>As <see cref="TryParse(string, out AvroSchema?, out AvroSchemaError)"/> for schemas that we ship.</summary>
    /// <exception cref="AvroSchemaException">The text is not a schema.</exception>
    public static AvroSchema Parse(string json) => AvroSchemaParser.Parse(json, []);

    public override string ToString() => CanonicalForm;

    internal void KeepText(string json) => _text ??= json;

    internal static string TypeKeyword(AvroType type) => type switch
    {
        AvroType.Null => "null",
        AvroType.Boolean => "boolean",
        AvroType.Int => "int",
        AvroType.Long => "long",
        AvroType.Float => "float",
        AvroType.Double => "double",
        AvroType.Bytes => "bytes",
        AvroType.String => "string",
        AvroType.Record => "record",
        AvroType.Enum => "enum",
        AvroType.Array => "array",
        AvroType.Map => "map",
        AvroType.Union => "union",
        _ => "fixed",
    };
}
