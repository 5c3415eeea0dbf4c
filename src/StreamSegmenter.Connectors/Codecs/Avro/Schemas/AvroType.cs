namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

/// <summary>The fourteen types of the Avro 1.12 specification. The first eight are the primitive ones.</summary>
internal enum AvroType : byte
{
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
    Record,
    Enum,
    Array,
    Map,
    Union,
    Fixed,
}
