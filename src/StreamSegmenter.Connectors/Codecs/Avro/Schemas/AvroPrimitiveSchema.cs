namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

/// <summary>null, boolean, int, long, float, double, bytes or string.</summary>
internal sealed class AvroPrimitiveSchema : AvroSchema
{
    internal AvroPrimitiveSchema(AvroType type)
        : base(type)
    {
        EncodedBytesMin = type switch
        {
            AvroType.Null => 0,
            AvroType.Float => sizeof(float),
            AvroType.Double => sizeof(double),
            _ => 1,
        };
    }

    internal static bool TryType(string keyword, out AvroType type)
    {
        for (type = AvroType.Null; type <= AvroType.String; type++)
        {
            if (TypeKeyword(type) == keyword)
            {
                return true;
            }
        }

        return false;
    }
}
