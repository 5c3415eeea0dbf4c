using System.Buffers;
using System.Text.Json;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;
using StreamSegmenter.Definitions;

namespace StreamSegmenter.Connectors.Codecs.Avro.Binary;

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
    public static bool TryEncode(AvroSchema schema, JsonElement value, ArrayBufferWriter<byte> output, out AvroJsonError error)
    {
        long workLeft = WorkMax;
        return TryEncode(schema, value, output, ref workLeft, out error);
    }

    /// <summary>As above, with a purse that several values share.</summary>
    internal static bool TryEncode(
        AvroSchema schema, JsonElement value, ArrayBufferWriter<byte> output, ref long workLeft, out AvroJsonError error)
    {
        var encoder = new Encoder(output) { WorkLeft = workLeft };
        bool fits = encoder.TryWrite(schema, value, "", depth: 0);
        workLeft = encoder.WorkLeft;
        error = encoder.Error;
        return fits;
    }

    internal static long WorkMaxForOneSchema => WorkMax;

    private sealed partial class Encoder(ArrayBufferWriter<byte> output)
    {
        private readonly AvroWriter _writer = new(output);

        public AvroJsonError Error { get; private set; }

        public long WorkLeft { get; set; }

        public bool TryWrite(AvroSchema schema, JsonElement value, string path, int depth)
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
                AvroRecordSchema record => TryWriteRecord(record, value, path, depth),
                AvroArraySchema array => TryWriteArray(array, value, path, depth),
                AvroMapSchema map => TryWriteMap(map, value, path, depth),
                AvroUnionSchema union => TryWriteUnion(union, value, path, depth),
                AvroEnumSchema symbols => TryWriteEnum(symbols, value, path),
                _ => TryWriteScalar(schema, value) || Refuse(
                    path,
                    $"{Describe(value)} is not a value of type {schema.DisplayName}"),
            };
        }

        private bool TryWriteRecord(AvroRecordSchema record, JsonElement value, string path, int depth)
        {
            if (value.ValueKind != JsonValueKind.Object)
            {
                return Refuse(path, $"expected an object for the record {record.Name}, found {Describe(value)}");
            }

            foreach (AvroField field in record.Fields)
            {
                string at = $"{path}.{field.Name}";
                if (value.TryGetProperty(field.Name, out JsonElement given))
                {
                    if (!TryWrite(field.Schema, given, at, depth + 1))
                    {
                        return false;
                    }
                }
                else if (field.DefaultEncoded is { } encoded && (WorkLeft -= encoded.Length) >= 0)
                {
                    _writer.WriteFixed(encoded);
                }
                else
                {
                    return Refuse(at, WorkLeft < 0
                        ? "the value, with the defaults that it calls for, is too large"
                        : $"the field is missing, and {record.Name} gives it no default");
                }
            }

            return true;
        }

        private bool TryWriteArray(AvroArraySchema array, JsonElement value, string path, int depth)
        {
            if (value.ValueKind != JsonValueKind.Array)
            {
                return Refuse(path, $"expected an array, found {Describe(value)}");
            }

            _writer.WriteBlock(value.GetArrayLength());
            int i = 0;
            foreach (JsonElement item in value.EnumerateArray())
            {
                if (!TryWrite(array.Items, item, $"{path}[{i++}]", depth + 1))
                {
                    return false;
                }
            }

            _writer.WriteEnd();
            return true;
        }

        private bool TryWriteMap(AvroMapSchema map, JsonElement value, string path, int depth)
        {
            if (value.ValueKind != JsonValueKind.Object)
            {
                return Refuse(path, $"expected an object for a map, found {Describe(value)}");
            }

            _writer.WriteBlock(value.GetPropertyCount());
            foreach (JsonProperty entry in value.EnumerateObject())
            {
                _writer.WriteString(entry.Name);
                if (!TryWrite(map.Values, entry.Value, $"{path}.{entry.Name}", depth + 1))
                {
                    return false;
                }
            }

            _writer.WriteEnd();
            return true;
        }

        private bool TryWriteUnion(AvroUnionSchema union, JsonElement value, string path, int depth)
        {
            for (int i = 0; i < union.Branches.Count; i++)
            {
                // A branch that fails half-way leaves bytes behind, so each is tried on a buffer of its own.
                var branch = new ArrayBufferWriter<byte>();
                if (AvroType.Record > union.Branches[i].Type && !IsLikely(union.Branches[i].Type, value))
                {
                    continue;
                }

                var attempt = new Encoder(branch) { WorkLeft = WorkLeft };
                bool fits = attempt.TryWrite(union.Branches[i], value, path, depth);
                WorkLeft = attempt.WorkLeft - branch.WrittenCount;
                if (fits)
                {
                    _writer.WriteUnionIndex(i);
                    _writer.WriteFixed(branch.WrittenSpan);
                    return true;
                }
            }

            return Refuse(path, $"{Describe(value)} fits none of the union's {union.Branches.Count} branches");
        }

        private bool TryWriteEnum(AvroEnumSchema schema, JsonElement value, string path)
        {
            string? symbol = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            int ordinal = symbol is null ? -1 : schema.IndexOf(symbol);
            if (ordinal < 0)
            {
                return Refuse(
                    path,
                    $"{Describe(value)} is not a symbol of {schema.Name}.{NearestName.Hint(symbol ?? "", schema.Symbols)}");
            }

            _writer.WriteEnum(ordinal);
            return true;
        }

        private bool Refuse(string path, string reason)
        {
            Error = new AvroJsonError(path, reason);
            return false;
        }
    }
}
