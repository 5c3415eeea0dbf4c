using StreamSegmenter.Connectors.Codecs.Avro.Binary;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Connectors.Codecs.Avro.Resolution;

/// <summary>Passes over a value that the reader's schema does not have. Contents are not validated, only bounded.</summary>
internal static class AvroSkipper
{
    public static bool TrySkip(AvroSchema schema, ref AvroReader reader)
    {
        switch (schema)
        {
            case AvroRecordSchema record:
                return TrySkipRecord(record, ref reader);
            case AvroUnionSchema union:
                return reader.TryReadUnionIndex(union.Branches.Count, out int branch)
                    && TrySkip(union.Branches[branch], ref reader);
            case AvroArraySchema array:
                return TrySkipItems(array.Items, isMap: false, ref reader);
            case AvroMapSchema map:
                return TrySkipItems(map.Values, isMap: true, ref reader);
            case AvroFixedSchema bytes:
                return reader.TrySkipFixed(bytes.SizeBytes);
        }

        return schema.Type switch
        {
            AvroType.Null => true,
            AvroType.Boolean => reader.TrySkipFixed(1),
            AvroType.Float => reader.TrySkipFixed(sizeof(float)),
            AvroType.Double => reader.TrySkipFixed(sizeof(double)),
            AvroType.Bytes or AvroType.String => reader.TrySkipBytes(),
            _ => reader.TrySkipLong(),
        };
    }

    private static bool TrySkipRecord(AvroRecordSchema record, ref AvroReader reader)
    {
        if (!reader.TryEnter())
        {
            return false;
        }

        for (int i = 0; i < record.Fields.Count; i++)
        {
            AvroSchema field = record.Fields[i].Schema;
            if ((field.EncodedBytesMin == 0 && !reader.TryTakeFreeSteps(1)) || !TrySkip(field, ref reader))
            {
                return false;
            }
        }

        reader.Leave();
        return true;
    }

    private static bool TrySkipItems(AvroSchema item, bool isMap, ref AvroReader reader)
    {
        if (!reader.TryEnter())
        {
            return false;
        }

        int itemBytesMin = item.EncodedBytesMin + (isMap ? 1 : 0);
        while (true)
        {
            if (!reader.TrySkipToUnsizedBlock(itemBytesMin, out int count))
            {
                return false;
            }

            if (count == 0)
            {
                break;
            }

            for (int i = 0; i < count; i++)
            {
                if ((isMap && !reader.TrySkipBytes()) || !TrySkip(item, ref reader))
                {
                    return false;
                }
            }
        }

        reader.Leave();
        return true;
    }
}
