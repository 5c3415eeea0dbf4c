using System.Text.Json;
using global::Avro;

namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

/// <summary>The types that hold no others.</summary>
internal static partial class AvroJsonEncoder
{
    /// <summary>Cheap test that spares a union's branches the attempt.</summary>
    private static bool IsLikely(Schema schema, JsonElement value) => schema.Tag switch
    {
        Schema.Type.Null => value.ValueKind == JsonValueKind.Null,
        Schema.Type.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        Schema.Type.Int or Schema.Type.Long => value.ValueKind == JsonValueKind.Number,
        Schema.Type.Float or Schema.Type.Double => value.ValueKind is JsonValueKind.Number or JsonValueKind.String,
        Schema.Type.Bytes or Schema.Type.String => value.ValueKind == JsonValueKind.String,
        _ => true,
    };

    private sealed partial class Encoder
    {
        private bool TryWriteScalar(Schema schema, JsonElement value)
        {
            switch (schema.Tag)
            {
                case Schema.Type.Null:
                    return value.ValueKind == JsonValueKind.Null;
                case Schema.Type.Boolean when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                    _writer.WriteBoolean(value.GetBoolean());
                    return true;
                case Schema.Type.Int when value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number):
                    _writer.WriteInt(number);
                    return true;
                case Schema.Type.Long when value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number):
                    _writer.WriteLong(number);
                    return true;
                case Schema.Type.Float when TryReadNumber(value, out double number):
                    _writer.WriteFloat((float)number);
                    return true;
                case Schema.Type.Double when TryReadNumber(value, out double number):
                    _writer.WriteDouble(number);
                    return true;
                case Schema.Type.String when TryReadText(value, out string text):
                    _writer.WriteString(text);
                    return true;
                case Schema.Type.Bytes when TryReadText(value, out string text) && TryReadLatin1(text, out byte[] bytes):
                    _writer.WriteBytes(bytes);
                    return true;
                case Schema.Type.Fixed when TryReadText(value, out string text) && TryReadLatin1(text, out byte[] bytes):
                    _writer.WriteFixed(bytes);
                    return bytes.Length == ((FixedSchema)schema).Size;
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
