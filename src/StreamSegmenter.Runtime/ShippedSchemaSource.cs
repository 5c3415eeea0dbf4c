using StreamSegmenter.Connectors.Codecs.Avro.Framing;
using StreamSegmenter.Connectors.Codecs.Avro.Outputs;

namespace StreamSegmenter.Runtime;

/// <summary>Knows the event schema that the product brings, and nothing else: what holds where a configuration names neither a
/// folder nor a registry.</summary>
internal sealed class ShippedSchemaSource : ISchemaSource
{
    private const string Remedy = "name a folder or a registry under 'schemas' in the configuration";

    public SchemaLookup ById(int id) => new(SchemaOutcome.NotFound, null, $"schema id {id} is not known: {Remedy}");

    public SchemaLookup ByFingerprint(ulong fingerprint) => fingerprint == ShippedSchemas.StorefrontEvent.Fingerprint
        ? SchemaLookup.Found(ShippedSchemas.StorefrontEvent)
        : new SchemaLookup(SchemaOutcome.NotFound, null, $"schema fingerprint {fingerprint:x16} is not known: {Remedy}");
}
