namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

/// <summary>
/// What is wrong with a schema's text, or with a JSON value that is to be encoded by it. <see cref="Path"/> is a JSON path such as
/// <c>$.fields[2].type</c>, or a line and column when the text is not JSON; <see cref="Reason"/> says what was found and, where there is
/// one, the nearest remedy.
/// </summary>
internal readonly record struct AvroSchemaError(string Path, string Reason)
{
    public override string ToString() => string.IsNullOrEmpty(Path) ? Reason : $"{Path}: {Reason}";
}

/// <summary>Thrown by <see cref="AvroSchema.Parse(string)"/> only.</summary>
internal sealed class AvroSchemaException : Exception
{
    internal AvroSchemaException(string path, string reason)
        : base($"Avro schema: {path}: {reason}") => Error = new AvroSchemaError(path, reason);

    public AvroSchemaError Error { get; }
}
