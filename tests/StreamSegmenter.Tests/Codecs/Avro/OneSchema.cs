using StreamSegmenter.Connectors.Codecs.Avro.Framing;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Tests.Codecs.Avro;

/// <summary>A source with one schema, under every id.</summary>
internal sealed class OneSchema(AvroSchema schema) : ISchemaSource
{
    public SchemaOutcome Outcome { get; set; } = SchemaOutcome.Found;

    public SchemaLookup ById(int id) => Answer();

    public SchemaLookup ByFingerprint(ulong fingerprint) => Answer();

    private SchemaLookup Answer() =>
        Outcome == SchemaOutcome.Found ? SchemaLookup.Found(schema) : new SchemaLookup(Outcome, null, "no schema");
}
