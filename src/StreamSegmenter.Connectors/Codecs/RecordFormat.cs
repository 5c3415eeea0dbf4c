namespace StreamSegmenter.Connectors.Codecs;

/// <summary>How the records of an input or an output are written.</summary>
internal enum RecordFormat : byte
{
    /// <summary>JSON objects; in a file one a line, in an array, or one behind the other.</summary>
    Json,

    /// <summary>A table as text.</summary>
    Csv,

    /// <summary>Avro; in a file, a container.</summary>
    Avro,
}
