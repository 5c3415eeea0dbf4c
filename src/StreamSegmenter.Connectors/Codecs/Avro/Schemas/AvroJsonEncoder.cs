using System.Buffers;
using System.Text.Json;
using global::Avro;
using StreamSegmenter.Connectors.Codecs.Avro.Binary;
using StreamSegmenter.Definitions;

namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

/// <summary>
/// Encodes a JSON value by a schema, for tools, tests and the defaults in schemas. Values are written plainly: a union's
/// value goes to the first branch that it fits, bytes are strings of the code points 0–255, a float that JSON lacks is
/// "NaN", "Infinity" or "-Infinity", and a field left out takes its default.
/// </summary>
internal static partial class AvroJsonEncoder
{
    // Defaults copy defaults and unions try their branches: a schema of a hundred lines could double its way to any
    // size. Each value costs a few units and each byte one.
    private const long WorkMax = 64 << 20;
    private const long WorkPerValue = 16;

    /// <summary>Appends the value to <paramref name="output"/>, which holds a part of it when false is returned.</summary>
    public static bool TryEncode(AvroSchema schema, JsonElement value, ArrayBufferWriter<byte> output, out AvroSchemaError error)
    {
        long workLeft = WorkMax;
        return TryEncode(schema.Root, schema.DefaultOf, value, output, ref workLeft, out error);
    }

    /// <summary>As above, with a purse that several values share.</summary>
    internal static bool TryEncode(
        Schema schema, Func<Field, byte[]?> defaultOf, JsonElement value, ArrayBufferWriter<byte> output, ref long workLeft,
        out AvroSchemaError error)
    {
        var encoder = new Encoder(output, defaultOf) { WorkLeft = workLeft };
        bool fits = encoder.TryWrite(schema, value, "", depth: 0);
        workLeft = encoder.WorkLeft;
        error = encoder.Error;
        return fits;
    }

    internal static long WorkMaxForOneSchema => WorkMax;

    private sealed partial class Encoder(ArrayBufferWriter<byte> output, Func<Field, byte[]?> defaultOf)
    {
        private readonly AvroWriter _writer = new(output);

        public AvroSchemaError Error { get; private set; }

        public long WorkLeft { get; set; }

        public bool TryWrite(Schema schema, JsonElement value, string path, int depth)
        {
            WorkLeft -= WorkPerValue;
            if (depth > AvroLimits.NestingMax || WorkLeft < 0)
            {
                return Refuse(path, WorkLeft < 0
                    ? "the value, with the defaults that it calls for, is too large"
                    : $"values nest more than {AvroLimits.NestingMax} levels deep");
            }

            return schema switch
            {
                RecordSchema record => TryWriteRecord(record, value, path, depth),
                ArraySchema array => TryWriteArray(array, value, path, depth),
                MapSchema map => TryWriteMap(map, value, path, depth),
                UnionSchema union => TryWriteUnion(union, value, path, depth),
                EnumSchema symbols => TryWriteEnum(symbols, value, path),
                _ => TryWriteScalar(schema, value) || Refuse(
                    path,
                    $"{CheckedSchemaText.Describe(value)} is not a value of type {schema.DisplayName()}"),
            };
        }

        private bool TryWriteRecord(RecordSchema record, JsonElement value, string path, int depth)
        {
            if (value.ValueKind != JsonValueKind.Object)
            {
                return Refuse(path, $"expected an object for the record {record.FullName()}, found {CheckedSchemaText.Describe(value)}");
            }

            foreach (Field field in record.Fields)
            {
                string at = $"{path}.{field.Name}";
                if (value.TryGetProperty(field.Name, out JsonElement given))
                {
                    if (!TryWrite(field.Schema, given, at, depth + 1))
                    {
                        return false;
                    }
                }
                else if (defaultOf(field) is { } encoded && (WorkLeft -= encoded.Length) >= 0)
                {
                    _writer.WriteFixed(encoded);
                }
                else
                {
                    return Refuse(at, WorkLeft < 0
                        ? "the value, with the defaults that it calls for, is too large"
                        : $"the field is missing, and {record.FullName()} gives it no default");
                }
            }

            return true;
        }

        private bool TryWriteArray(ArraySchema array, JsonElement value, string path, int depth)
        {
            if (value.ValueKind != JsonValueKind.Array)
            {
                return Refuse(path, $"expected an array, found {CheckedSchemaText.Describe(value)}");
            }

            _writer.WriteBlock(value.GetArrayLength());
            int i = 0;
            foreach (JsonElement item in value.EnumerateArray())
            {
                if (!TryWrite(array.ItemSchema, item, $"{path}[{i++}]", depth + 1))
                {
                    return false;
                }
            }

            _writer.WriteEnd();
            return true;
        }

        private bool TryWriteMap(MapSchema map, JsonElement value, string path, int depth)
        {
            if (value.ValueKind != JsonValueKind.Object)
            {
                return Refuse(path, $"expected an object for a map, found {CheckedSchemaText.Describe(value)}");
            }

            _writer.WriteBlock(value.GetPropertyCount());
            foreach (JsonProperty entry in value.EnumerateObject())
            {
                _writer.WriteString(entry.Name);
                if (!TryWrite(map.ValueSchema, entry.Value, $"{path}.{entry.Name}", depth + 1))
                {
                    return false;
                }
            }

            _writer.WriteEnd();
            return true;
        }

        private bool TryWriteUnion(UnionSchema union, JsonElement value, string path, int depth)
        {
            for (int i = 0; i < union.Schemas.Count; i++)
            {
                // A branch that fails half-way leaves bytes behind, so each is tried on a buffer of its own.
                var branch = new ArrayBufferWriter<byte>();
                if (!IsLikely(union.Schemas[i], value))
                {
                    continue;
                }

                var attempt = new Encoder(branch, defaultOf) { WorkLeft = WorkLeft };
                bool fits = attempt.TryWrite(union.Schemas[i], value, path, depth);
                WorkLeft = attempt.WorkLeft - branch.WrittenCount;
                if (fits)
                {
                    _writer.WriteUnionIndex(i);
                    _writer.WriteFixed(branch.WrittenSpan);
                    return true;
                }
            }

            return Refuse(path, $"{CheckedSchemaText.Describe(value)} fits none of the union's {union.Schemas.Count} branches");
        }

        private bool TryWriteEnum(EnumSchema schema, JsonElement value, string path)
        {
            string? symbol = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            int ordinal = symbol is null ? -1 : schema.Symbols.IndexOf(symbol);
            if (ordinal < 0)
            {
                return Refuse(
                    path,
                    $"{CheckedSchemaText.Describe(value)} is not a symbol of {schema.FullName()}.{NearestName.Hint(symbol ?? "", schema.Symbols)}");
            }

            _writer.WriteEnum(ordinal);
            return true;
        }

        private bool Refuse(string path, string reason)
        {
            Error = new AvroSchemaError(path, reason);
            return false;
        }
    }
}
