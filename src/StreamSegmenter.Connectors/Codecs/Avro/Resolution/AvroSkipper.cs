using global::Avro;
using StreamSegmenter.Connectors.Codecs.Avro.Binary;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Connectors.Codecs.Avro.Resolution;

/// <summary>Passes over a value that the reader's schema does not have. Contents are not validated, only bounded.</summary>
internal static class AvroSkipper
{
    private const int NoSlot = -1;

    /// <summary>What <see cref="TrySkip"/> needs of a type. A type that refers to itself gives a cycle.</summary>
    public static ResolvedNode Compile(Schema schema) =>
        Compile(schema, new SchemaSizes(), new Dictionary<Schema, ResolvedNode>(ReferenceEqualityComparer.Instance));

    public static bool TrySkip(ResolvedNode node, ref AvroReader reader)
    {
        switch (node.Op)
        {
            case ResolvedOp.Record:
                return TrySkipRecord(node, ref reader);
            case ResolvedOp.WriterUnion:
                return reader.TryReadUnionIndex(node.Children.Length, out int branch)
                    && TrySkip(node.Children[branch], ref reader);
            case ResolvedOp.Array or ResolvedOp.Map:
                return TrySkipItems(node, ref reader);
            case ResolvedOp.Fixed:
                return reader.TrySkipFixed(node.Size);
            case ResolvedOp.String:
                return reader.TrySkipBytes();
            default:
                return reader.TrySkipLong();
        }
    }

    private static ResolvedNode Compile(Schema schema, SchemaSizes sizes, Dictionary<Schema, ResolvedNode> known)
    {
        switch (schema)
        {
            case RecordSchema record:
                return known.TryGetValue(record, out ResolvedNode? done) ? done : CompileRecord(record, sizes, known);
            case UnionSchema union:
                return new ResolvedNode(ResolvedOp.WriterUnion, NoSlot)
                {
                    Children = [.. union.Schemas.Select(branch => Compile(branch, sizes, known))],
                };
            case ArraySchema array:
                return new ResolvedNode(ResolvedOp.Array, NoSlot)
                {
                    Children = [Compile(array.ItemSchema, sizes, known)],
                    Size = sizes.BytesMin(array.ItemSchema),
                };
            case MapSchema map:
                return new ResolvedNode(ResolvedOp.Map, NoSlot)
                {
                    Children = [Compile(map.ValueSchema, sizes, known)],
                    Size = 1 + sizes.BytesMin(map.ValueSchema),
                };
            case FixedSchema bytes:
                return new ResolvedNode(ResolvedOp.Fixed, NoSlot) { Size = bytes.Size };
        }

        return schema.Tag switch
        {
            Schema.Type.Null => new ResolvedNode(ResolvedOp.Fixed, NoSlot),
            Schema.Type.Boolean => new ResolvedNode(ResolvedOp.Fixed, NoSlot) { Size = 1 },
            Schema.Type.Float => new ResolvedNode(ResolvedOp.Fixed, NoSlot) { Size = sizeof(float) },
            Schema.Type.Double => new ResolvedNode(ResolvedOp.Fixed, NoSlot) { Size = sizeof(double) },
            Schema.Type.Bytes or Schema.Type.String => new ResolvedNode(ResolvedOp.String, NoSlot),
            _ => new ResolvedNode(ResolvedOp.Long, NoSlot),
        };
    }

    private static ResolvedNode CompileRecord(RecordSchema record, SchemaSizes sizes, Dictionary<Schema, ResolvedNode> known)
    {
        var node = new ResolvedNode(ResolvedOp.Record, NoSlot);
        known.Add(record, node);
        node.Children = [.. record.Fields.Select(field => Compile(field.Schema, sizes, known))];
        node.Size = record.Fields.Count(field => sizes.BytesMin(field.Schema) == 0);
        return node;
    }

    private static bool TrySkipRecord(ResolvedNode record, ref AvroReader reader)
    {
        if (!reader.TryEnter() || !reader.TryTakeFreeSteps(record.Size))
        {
            return false;
        }

        foreach (ResolvedNode field in record.Children)
        {
            if (!TrySkip(field, ref reader))
            {
                return false;
            }
        }

        reader.Leave();
        return true;
    }

    private static bool TrySkipItems(ResolvedNode items, ref AvroReader reader)
    {
        if (!reader.TryEnter())
        {
            return false;
        }

        bool isMap = items.Op == ResolvedOp.Map;
        while (true)
        {
            if (!reader.TrySkipToUnsizedBlock(items.Size, out int count))
            {
                return false;
            }

            if (count == 0)
            {
                break;
            }

            for (int i = 0; i < count; i++)
            {
                if ((isMap && !reader.TrySkipBytes()) || !TrySkip(items.Children[0], ref reader))
                {
                    return false;
                }
            }
        }

        reader.Leave();
        return true;
    }
}
