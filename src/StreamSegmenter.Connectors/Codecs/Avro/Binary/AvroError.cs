namespace StreamSegmenter.Connectors.Codecs.Avro.Binary;

/// <summary>Why bytes could not be read. Each is a fault of the data, never of the program.</summary>
internal enum AvroFault : byte
{
    None,
    Truncated,
    VarintTooLong,
    IntOutOfRange,
    LengthNegative,
    LengthExceedsInput,
    CountExceedsInput,
    WorkExceedsInput,
    NestedTooDeep,
    BooleanInvalid,
    StringNotUtf8,
    UnionBranchOutOfRange,
    UnionBranchUnresolved,
    EnumOrdinalOutOfRange,
    EnumSymbolUnresolved,
    TrailingBytes,
    FramingInvalid,
    ContainerInvalid,
    ContainerFormatOld,
    SchemaInvalid,
    CodecUnknown,
    SyncMarkerMismatch,
    BlockTooLarge,
    BlockCorrupt,
}

/// <summary>
/// A fault and where it was met. <see cref="Offset"/> counts bytes from the start of what was being read: a record's
/// payload, or for a container file the file itself. <see cref="Detail"/> is set off the hot path only.
/// </summary>
internal readonly record struct AvroError(AvroFault Fault, long Offset, string? Detail = null)
{
    public bool IsNone => Fault == AvroFault.None;

    public override string ToString() => IsNone ? "no error" : $"byte {Offset}: {Detail ?? Describe(Fault)}";

    private static string Describe(AvroFault fault) => fault switch
    {
        AvroFault.Truncated => "the data ends in the middle of a value; it was cut off, or written with another schema",
        AvroFault.VarintTooLong => "a number takes more than 10 bytes; the data is damaged, or written with another schema",
        AvroFault.IntOutOfRange => "a number does not fit the schema's 32-bit int",
        AvroFault.LengthNegative => "a length is negative",
        AvroFault.LengthExceedsInput => "a length exceeds the bytes that remain; the data was cut off, or written with another schema",
        AvroFault.CountExceedsInput => "a collection announces more items than the bytes that remain can hold",
        AvroFault.WorkExceedsInput => "a collection announces more items of no size than the limit allows",
        AvroFault.NestedTooDeep => "values nest deeper than the limit of 32 levels",
        AvroFault.BooleanInvalid => "a boolean is neither 0 nor 1",
        AvroFault.StringNotUtf8 => "a string is not valid UTF-8",
        AvroFault.UnionBranchOutOfRange => "a union's branch number is not one of the schema's",
        AvroFault.UnionBranchUnresolved => "a union holds a branch that the reader's schema does not have",
        AvroFault.EnumOrdinalOutOfRange => "an enum's ordinal is not one of the schema's",
        AvroFault.EnumSymbolUnresolved => "an enum holds a symbol that the reader's schema does not have, and it names no default",
        AvroFault.TrailingBytes => "bytes remain after the last field; the data was written with another schema",
        _ => fault.ToString(),
    };
}
