namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

/// <summary>Named fields in the order in which they are encoded.</summary>
internal sealed class AvroRecordSchema : AvroNamedSchema
{
    // A schema may grow without end by referring to itself twice; its smallest size is only ever compared with
    // the bytes that remain, so it may saturate.
    private const int EncodedBytesMinCap = 1 << 20;

    private AvroField[] _fields = [];

    internal AvroRecordSchema(AvroName name, IReadOnlyList<AvroName> aliases)
        : base(AvroType.Record, name, aliases)
    {
    }

    public IReadOnlyList<AvroField> Fields => _fields;

    /// <summary>The position of a field, −1 when there is none of that name. Aliases are not looked at.</summary>
    public int IndexOf(string field)
    {
        for (int i = 0; i < _fields.Length; i++)
        {
            if (_fields[i].Name == field)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Ends the definition. Before it, the record can be referred to (by its own fields) but has no fields.</summary>
    internal void Complete(AvroField[] fields)
    {
        _fields = fields;
        foreach (AvroField field in fields)
        {
            Height = Math.Max(Height, field.Schema.Height + 1);
            EncodedBytesMin = Math.Min(
                EncodedBytesMinCap,
                EncodedBytesMin + Math.Min(EncodedBytesMinCap, field.Schema.EncodedBytesMin));
        }
    }
}

/// <summary>One field of a record.</summary>
internal sealed class AvroField
{
    internal AvroField(string name, AvroSchema schema, IReadOnlyList<string> aliases)
    {
        Name = name;
        Schema = schema;
        Aliases = aliases;
    }

    public string Name { get; }

    public AvroSchema Schema { get; }

    /// <summary>Earlier names of the field: as a reader it is also filled from a written field of that name.</summary>
    public IReadOnlyList<string> Aliases { get; }

    public bool HasDefault => DefaultEncoded is not null;

    /// <summary>The default in Avro's binary encoding of <see cref="Schema"/>; null when the field has none.</summary>
    internal byte[]? DefaultEncoded { get; set; }
}
