namespace StreamSegmenter.Connectors.Codecs.Avro.Binary;

/// <summary>Why a JSON value does not fit a schema; <see cref="Path"/> leads from the value's root, empty for the root
/// itself.</summary>
internal readonly record struct AvroJsonError(string Path, string Reason)
{
    public override string ToString() => $"${Path}: {Reason}";
}
