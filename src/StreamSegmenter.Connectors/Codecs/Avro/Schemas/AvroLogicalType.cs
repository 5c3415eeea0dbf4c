namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

internal enum AvroLogicalKind : byte
{
    /// <summary>No logical type, or one that is unknown or does not fit its base: the specification says to ignore it.</summary>
    None,
    Decimal,
    Date,
    TimestampMillis,
    TimestampMicros,
    Uuid,
}

/// <summary>What a value means beyond its type. Precision and scale, in decimal digits, are set for decimals only.</summary>
internal readonly record struct AvroLogicalType(AvroLogicalKind Kind, int Precision = 0, int Scale = 0)
{
    /// <summary>Largest number of decimal digits that a two's-complement number of this many bytes can always hold.</summary>
    internal static int DecimalDigitsMax(int bytes) =>
        bytes == 0 ? 0 : (int)Math.Floor(Math.Log10(2) * ((8.0 * bytes) - 1));
}
