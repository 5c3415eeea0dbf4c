namespace StreamSegmenter.Connectors.Codecs.Avro.Resolution;

/// <summary>What to read from the writer's bytes and how to hand it to the sink.</summary>
internal enum ResolvedOp : byte
{
    Null,
    Boolean,
    Int,
    IntToFloat,
    IntToDouble,
    Long,
    LongToFloat,
    LongToDouble,
    Float,
    Double,
    String,
    Bytes,
    Fixed,
    Enum,
    Array,
    Map,
    Record,
    Recursion,
    WriterUnion,
    Default,
    Skip,
    Unresolved,
}

/// <summary>One step of a compiled decoder. A tree, or a cycle where types refer to themselves.</summary>
internal sealed class ResolvedNode(ResolvedOp op, int slot)
{
    public ResolvedOp Op { get; } = op;

    public int Slot { get; } = slot;

    /// <summary>Record: the writer's fields, then defaults. Union: the writer's branches. Recursion: the record. Array,
    /// Map, Default, Skip: the one inner value.</summary>
    public ResolvedNode[] Children { get; set; } = [];

    /// <summary>Fixed: its size. Array, Map: fewest bytes of an item. Record: the free steps that it costs.</summary>
    public int Size { get; set; }

    /// <summary>Enum: the reader's ordinal for each of the writer's, −1 for none.</summary>
    public int[] Ordinals { get; init; } = [];

    /// <summary>Enum: the reader's symbols.</summary>
    public byte[][] Symbols { get; init; } = [];

    /// <summary>Default: the value in the reader's encoding.</summary>
    public byte[] DefaultEncoded { get; init; } = [];

    /// <summary>Unresolved, Enum: why a value that the reader lacks cannot be read. Made once, so that a bad record
    /// allocates nothing.</summary>
    public string? Reason { get; init; }
}
