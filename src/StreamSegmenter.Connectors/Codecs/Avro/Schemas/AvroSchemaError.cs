namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

/// <summary>
/// What is wrong with a schema's text. <see cref="Path"/> is a JSON path such as <c>$.fields[2].type</c>, or a line and
/// column when the text is not JSON; <see cref="Reason"/> says what was found and, where there is one, the nearest remedy.
/// </summary>
internal readonly record struct AvroSchemaError(string Path, string Reason)
{
    public override string ToString() => $"{Path}: {Reason}";
}

/// <summary>Thrown by <see cref="AvroSchema.Parse"/> only.</summary>
internal sealed class AvroSchemaException : Exception
{
    public AvroSchemaException(AvroSchemaError error)
        : base("Avro schema: " + error) => Error = error;

    internal AvroSchemaException(string path, string reason)
        : this(new AvroSchemaError(path, reason))
    {
    }

    public AvroSchemaError Error { get; }
}
