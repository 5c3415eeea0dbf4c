using global::Avro;

namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

/// <summary>The fewest bytes that values of a type take: the bound on how many items an announced count can be true for.</summary>
internal sealed class SchemaSizes
{
    // A schema may grow without end by referring to itself twice; its smallest size is only ever compared with
    // the bytes that remain, so it may saturate.
    private const int BytesMinCap = 1 << 20;

    private readonly Dictionary<Schema, int> _ofRecord = new(ReferenceEqualityComparer.Instance);

    public int BytesMin(Schema schema) => schema switch
    {
        RecordSchema record => OfRecord(record),
        FixedSchema { Size: var size } => size,
        UnionSchema { Count: 0 } => 1,
        UnionSchema union => 1 + union.Schemas.Min(BytesMin),
        { Tag: Schema.Type.Null } => 0,
        { Tag: Schema.Type.Float } => sizeof(float),
        { Tag: Schema.Type.Double } => sizeof(double),
        _ => 1,
    };

    private int OfRecord(RecordSchema record)
    {
        if (_ofRecord.TryGetValue(record, out int known))
        {
            return known;
        }

        // Whatever a record that holds itself takes: this is less.
        _ofRecord[record] = 0;
        int sum = 0;
        foreach (Field field in record.Fields)
        {
            sum = Math.Min(BytesMinCap, sum + Math.Min(BytesMinCap, BytesMin(field.Schema)));
        }

        return _ofRecord[record] = sum;
    }
}
