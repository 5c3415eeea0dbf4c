using System.Globalization;
using global::Avro;

namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

internal enum AvroLogicalKind : byte
{
    /// <summary>No logical type, or one that is unknown or does not fit its base: the specification requires to ignore it.</summary>
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
    private const int UuidBytes = 16;

    /// <summary>Of a node; a field's is that of its type. Apache.Avro itself refuses the whole schema where a decimal's scale is
    /// wrong, and writes a wrong canonical form of a fixed that has a logical type; so it never sees the attribute.</summary>
    public static AvroLogicalType Of(Schema schema) => (schema.GetProperty(SchemaNodes.LogicalTypeProperty)?.Trim('"'), schema.Tag) switch
    {
        ("date", Schema.Type.Int) => new AvroLogicalType(AvroLogicalKind.Date),
        ("timestamp-millis", Schema.Type.Long) => new AvroLogicalType(AvroLogicalKind.TimestampMillis),
        ("timestamp-micros", Schema.Type.Long) => new AvroLogicalType(AvroLogicalKind.TimestampMicros),
        ("uuid", Schema.Type.String) => new AvroLogicalType(AvroLogicalKind.Uuid),
        ("uuid", Schema.Type.Fixed) when ((FixedSchema)schema).Size == UuidBytes => new AvroLogicalType(AvroLogicalKind.Uuid),
        ("decimal", Schema.Type.Bytes) => Decimal(schema, int.MaxValue),
        ("decimal", Schema.Type.Fixed) => Decimal(schema, DecimalDigitsMax(((FixedSchema)schema).Size)),
        _ => default,
    };

    private static AvroLogicalType Decimal(Schema schema, int digitsMax)
    {
        int scale = 0;
        bool valid = TryRead(schema, "precision", out int precision) && precision > 0 && precision <= digitsMax
            && (schema.GetProperty("scale") is null || (TryRead(schema, "scale", out scale) && scale >= 0 && scale <= precision));
        return valid ? new AvroLogicalType(AvroLogicalKind.Decimal, precision, scale) : default;
    }

    private static bool TryRead(Schema schema, string property, out int number) =>
        int.TryParse(schema.GetProperty(property), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    /// <summary>Largest number of decimal digits that a two's-complement number of this many bytes can always hold.</summary>
    private static int DecimalDigitsMax(int bytes) => (int)Math.Floor(Math.Log10(2) * ((8.0 * bytes) - 1));
}
