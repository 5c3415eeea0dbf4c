namespace StreamSegmenter.Runtime.Configuration.Sections;

/// <summary>How the records of an input are written.</summary>
internal enum RecordFormat : byte
{
    Json,
    Avro,
    Csv,
}
