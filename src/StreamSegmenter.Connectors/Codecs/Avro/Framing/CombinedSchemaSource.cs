namespace StreamSegmenter.Connectors.Codecs.Avro.Framing;

/// <summary>Asks one source, and a second for what the first does not have: a folder before a registry, so that what is at
/// hand needs no network.</summary>
internal sealed class CombinedSchemaSource(ISchemaSource first, ISchemaSource second) : ISchemaSource
{
    public SchemaLookup ById(int id)
    {
        SchemaLookup found = first.ById(id);
        return found.Outcome == SchemaOutcome.NotFound ? second.ById(id) : found;
    }

    public SchemaLookup ByFingerprint(ulong fingerprint)
    {
        SchemaLookup found = first.ByFingerprint(fingerprint);
        SchemaLookup other = found.Outcome == SchemaOutcome.NotFound ? second.ByFingerprint(fingerprint) : found;

        // A registry knows no fingerprints; the folder's answer says what to do.
        return other.Outcome == SchemaOutcome.NotFound ? found : other;
    }
}
