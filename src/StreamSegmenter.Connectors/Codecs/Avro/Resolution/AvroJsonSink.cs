using System.Buffers;
using System.Text;
using System.Text.Json;
using StreamSegmenter.Connectors.Codecs.Avro.Binary;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Connectors.Codecs.Avro.Resolution;

/// <summary>
/// Writes what a decoder reads as plain JSON, for tools and tests: a union's value without the name of its branch, bytes as
/// a string of the code points 0–255, a float that JSON lacks as "NaN", "Infinity" or "-Infinity".
/// <see cref="AvroJsonEncoder"/> reads it back.
/// </summary>
internal struct AvroJsonSink(AvroDecoder decoder, Utf8JsonWriter json) : IAvroSink
{
    // One bit for each open container, the innermost lowest: whether its values need a property name of their own. A map's
    // values got theirs with the key. The decoder's nesting limits (one for the data, one for a default inside it) keep
    // this within 64.
    private ulong _inRecord;

    /// <summary>Decodes one value to the text of a JSON value.</summary>
    public static bool TryDecode(AvroDecoder decoder, ReadOnlySpan<byte> data, out string json, out AvroError error)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        var sink = new AvroJsonSink(decoder, writer);
        bool decoded = decoder.TryDecode(data, ref sink, out error);
        json = "";
        if (decoded)
        {
            writer.Flush();
            json = Encoding.UTF8.GetString(buffer.WrittenSpan);
        }

        return decoded;
    }

    public readonly void OnNull(int slot)
    {
        WriteName(slot);
        json.WriteNullValue();
    }

    public readonly void OnBoolean(int slot, bool value)
    {
        WriteName(slot);
        json.WriteBooleanValue(value);
    }

    public readonly void OnLong(int slot, long value)
    {
        WriteName(slot);
        json.WriteNumberValue(value);
    }

    public readonly void OnDouble(int slot, double value)
    {
        WriteName(slot);
        if (double.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteStringValue(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
        }
    }

    public readonly void OnString(int slot, ReadOnlySpan<byte> utf8)
    {
        WriteName(slot);
        json.WriteStringValue(utf8);
    }

    public readonly void OnBytes(int slot, ReadOnlySpan<byte> value)
    {
        WriteName(slot);
        json.WriteStringValue(Encoding.Latin1.GetString(value));
    }

    public readonly void OnEnum(int slot, int ordinal, ReadOnlySpan<byte> symbol) => OnString(slot, symbol);

    public void BeginRecord(int slot)
    {
        WriteName(slot);
        json.WriteStartObject();
        _inRecord = (_inRecord << 1) | 1;
    }

    public void EndRecord(int slot)
    {
        _inRecord >>= 1;
        json.WriteEndObject();
    }

    public void BeginArray(int slot)
    {
        WriteName(slot);
        json.WriteStartArray();
        _inRecord <<= 1;
    }

    public void EndArray(int slot)
    {
        _inRecord >>= 1;
        json.WriteEndArray();
    }

    public void BeginMap(int slot)
    {
        WriteName(slot);
        json.WriteStartObject();
        _inRecord <<= 1;
    }

    public readonly void OnMapKey(int slot, ReadOnlySpan<byte> utf8) => json.WritePropertyName(utf8);

    public void EndMap(int slot)
    {
        _inRecord >>= 1;
        json.WriteEndObject();
    }

    private readonly void WriteName(int slot)
    {
        if ((_inRecord & 1) != 0)
        {
            json.WritePropertyName(decoder.Slots[slot].Name);
        }
    }
}
