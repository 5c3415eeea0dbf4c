namespace StreamSegmenter.Connectors.Codecs.Avro.Resolution;

/// <summary>Why data written with one schema cannot be read with another. <see cref="Path"/> is a field's dotted path in
/// the reader's schema.</summary>
internal readonly record struct AvroResolutionError(string Path, string Reason)
{
    public override string ToString() => string.IsNullOrEmpty(Path) ? Reason ?? "no error" : $"{Path}: {Reason}";
}

/// <summary>How strictly the writer's and the reader's names are compared.</summary>
internal enum AvroNameMatching : byte
{
    /// <summary>Records, enums and fixed match by unqualified name or by one of the reader's aliases, as the specification
    /// says.</summary>
    Specification,

    /// <summary>As above, except that the outermost records match whatever their names: for topics whose schemas others
    /// named.</summary>
    IgnoreOutermostName,
}
