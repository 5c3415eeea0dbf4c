using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Connectors.Codecs.Avro.Framing;

internal enum SchemaOutcome : byte
{
    Found,

    /// <summary>There is no such schema: records that name it can never be read.</summary>
    NotFound,

    /// <summary>Unknown for now (the registry does not answer, or refuses the request): pause and retry.</summary>
    Unavailable,

    /// <summary>There is one, but it is not an Avro schema that we can read.</summary>
    Unusable,
}

/// <summary>A schema, or why there is none.</summary>
/// <param name="Reason">Where, what and the nearest remedy; null when found.</param>
internal readonly record struct SchemaLookup(SchemaOutcome Outcome, AvroSchema? Schema, string? Reason)
{
    public static SchemaLookup Found(AvroSchema schema) => new(SchemaOutcome.Found, schema, null);
}

/// <summary>Knows writers' schemas. Thread-safe; the lanes share one, so a look-up of a known schema is a look-up in
/// memory.</summary>
internal interface ISchemaSource
{
    /// <summary>By the id of Confluent framing.</summary>
    SchemaLookup ById(int id);

    /// <summary>By the CRC-64-AVRO fingerprint of single-object encoding.</summary>
    SchemaLookup ByFingerprint(ulong fingerprint);
}
