using System.Text.Json;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Connectors.Codecs.Avro.Binary;

/// <summary>The types that hold no others.</summary>
internal static partial class AvroJsonEncoder
{
    /// <summary>Cheap test that spares a union's branches the attempt.</summary>
    private static bool IsLikely(AvroType type, JsonElement value) => type switch
    {
        AvroType.Null => value.ValueKind == JsonValueKind.Null,
        AvroType.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        AvroType.Int or AvroType.Long => value.ValueKind == JsonValueKind.Number,
        AvroType.Float or AvroType.Double => value.ValueKind is JsonValueKind.Number or JsonValueKind.String,
        _ => value.ValueKind == JsonValueKind.String,
    };

    private static string Describe(JsonElement value)
    {
        bool hasText = value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Undefined);
        string text = hasText ? value.GetRawText() : "";
        return value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            JsonValueKind.Undefined => "nothing",
            _ => text.Length <= 40 ? text : text[..40] + "…",
        };
    }

    private sealed partial class Encoder
    {
        private bool TryWriteScalar(AvroSchema schema, JsonElement value)
        {
            switch (schema.Type)
            {
                case AvroType.Null:
                    return value.ValueKind == JsonValueKind.Null;
                case AvroType.Boolean when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                    _writer.WriteBoolean(value.GetBoolean());
                    return true;
                case AvroType.Int when value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number):
                    _writer.WriteInt(number);
                    return true;
                case AvroType.Long when value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number):
                    _writer.WriteLong(number);
                    return true;
                case AvroType.Float when TryReadNumber(value, out double number):
                    _writer.WriteFloat((float)number);
                    return true;
                case AvroType.Double when TryReadNumber(value, out double number):
                    _writer.WriteDouble(number);
                    return true;
                case AvroType.String when TryReadText(value, out string text):
                    _writer.WriteString(text);
                    return true;
                case AvroType.Bytes when TryReadText(value, out string text) && TryReadLatin1(text, out byte[] bytes):
                    _writer.WriteBytes(bytes);
                    return true;
                case AvroType.Fixed when TryReadText(value, out string text) && TryReadLatin1(text, out byte[] bytes):
                    _writer.WriteFixed(bytes);
                    return bytes.Length == ((AvroFixedSchema)schema).SizeBytes;
                default:
                    return false;
            }
        }

        private static bool TryReadNumber(JsonElement value, out double number)
        {
            if (value.ValueKind == JsonValueKind.Number)
            {
                return value.TryGetDouble(out number);
            }

            string? name = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            number = name switch
            {
                "Infinity" => double.PositiveInfinity,
                "-Infinity" => double.NegativeInfinity,
                _ => double.NaN,
            };
            return name is "NaN" or "Infinity" or "-Infinity";
        }

        /// <summary>A JSON string may escape half of a surrogate pair, which no UTF-8 can hold.</summary>
        private static bool TryReadText(JsonElement value, out string text)
        {
            text = "";
            if (value.ValueKind != JsonValueKind.String)
            {
                return false;
            }

            try
            {
                text = value.GetString()!;
                return true;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }

        private static bool TryReadLatin1(string text, out byte[] bytes)
        {
            bytes = new byte[text.Length];
            for (int i = 0; i < text.Length; i++)
            {
                if (text[i] > byte.MaxValue)
                {
                    return false;
                }

                bytes[i] = (byte)text[i];
            }

            return true;
        }
    }
}
