namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

/// <summary>Any number of items of one type.</summary>
internal sealed class AvroArraySchema : AvroSchema
{
    internal AvroArraySchema(AvroSchema items)
        : base(AvroType.Array)
    {
        Items = items;
        EncodedBytesMin = 1;
        Height = items.Height + 1;
    }

    public AvroSchema Items { get; }
}

/// <summary>Any number of values of one type under string keys.</summary>
internal sealed class AvroMapSchema : AvroSchema
{
    internal AvroMapSchema(AvroSchema values)
        : base(AvroType.Map)
    {
        Values = values;
        EncodedBytesMin = 1;
        Height = values.Height + 1;
    }

    public AvroSchema Values { get; }
}

/// <summary>A value of exactly one of several types, encoded behind the position of its type.</summary>
internal sealed class AvroUnionSchema : AvroSchema
{
    internal AvroUnionSchema(AvroSchema[] branches)
        : base(AvroType.Union)
    {
        Branches = branches;
        int smallest = branches.Length == 0 ? 0 : int.MaxValue - 1;
        foreach (AvroSchema branch in branches)
        {
            smallest = Math.Min(smallest, branch.EncodedBytesMin);
            Height = Math.Max(Height, branch.Height + 1);
        }

        EncodedBytesMin = 1 + smallest;
    }

    public IReadOnlyList<AvroSchema> Branches { get; }

    /// <summary>Position of the null branch, −1 when the union has none.</summary>
    public int NullIndex
    {
        get
        {
            for (int i = 0; i < Branches.Count; i++)
            {
                if (Branches[i].Type == AvroType.Null)
                {
                    return i;
                }
            }

            return -1;
        }
    }
}
