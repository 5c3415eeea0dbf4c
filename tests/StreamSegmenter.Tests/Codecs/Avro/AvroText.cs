using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using StreamSegmenter.Connectors.Codecs.Avro.Binary;
using StreamSegmenter.Connectors.Codecs.Avro.Containers;
using StreamSegmenter.Connectors.Codecs.Avro.Resolution;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Tests.Codecs.Avro;

/// <summary>Schemas and values as JSON text, in and out.</summary>
internal static class AvroText
{
    public static byte[] Encode(string schema, string value) => Encode(AvroSchema.Parse(schema), value);

    public static byte[] Encode(AvroSchema schema, string value)
    {
        using JsonDocument json = JsonDocument.Parse(value);
        var output = new ArrayBufferWriter<byte>();
        Assert.True(AvroJsonEncoder.TryEncode(schema, json.RootElement, output, out AvroSchemaError error), error.ToString());
        return output.WrittenSpan.ToArray();
    }

    public static AvroDecoder Decoder(AvroSchema writer, AvroSchema reader)
    {
        Assert.True(
            AvroDecoder.TryCompile(
                writer, reader, AvroNameMatching.Specification, out AvroDecoder? decoder, out AvroResolutionError error),
            error.ToString());
        return decoder!;
    }

    /// <summary>Writes a value with one schema and reads it with another.</summary>
    public static string Resolve(string writer, string reader, string value)
    {
        AvroSchema written = AvroSchema.Parse(writer);
        AvroDecoder decoder = Decoder(written, AvroSchema.Parse(reader));
        Assert.True(
            AvroJsonSink.TryDecode(decoder, Encode(written, value), out string json, out AvroError error),
            error.ToString());
        return json;
    }

    /// <summary>Why a value written with one schema cannot be read with another, although the schemas agree.</summary>
    public static AvroError ResolveFault(string writer, string reader, string value)
    {
        AvroSchema written = AvroSchema.Parse(writer);
        Assert.False(AvroJsonSink.TryDecode(Decoder(written, AvroSchema.Parse(reader)), Encode(written, value), out _, out AvroError error));
        return error;
    }

    /// <summary>Why two schemas do not agree.</summary>
    public static string Incompatibility(string writer, string reader)
    {
        Assert.False(AvroDecoder.TryCompile(
            AvroSchema.Parse(writer), AvroSchema.Parse(reader), AvroNameMatching.Specification, out _, out AvroResolutionError error));
        return error.ToString();
    }

    public static string SchemaError(string schema)
    {
        Assert.False(AvroSchema.TryParse(schema, out _, out AvroSchemaError error));
        return error.ToString();
    }

    /// <summary>Reads a container to its end, or to what is wrong with it.</summary>
    public static List<string> ReadContainer(Stream stream, out AvroError error, out int blocks)
    {
        var records = new List<string>();
        blocks = 0;
        if (!AvroContainerReader.TryOpen(stream, out AvroContainerReader? reader, out error))
        {
            return records;
        }

        using (reader)
        {
            if (!AvroDecoder.TryCompile(reader!.Schema, out AvroDecoder? decoder, out AvroResolutionError bad))
            {
                error = new AvroError(AvroFault.SchemaInvalid, 0, bad.ToString());
                return records;
            }

            while (TryReadOne(reader, decoder!, out string json))
            {
                records.Add(json);
            }

            error = reader.Error;
            blocks = reader.BlockCount;
        }

        return records;
    }

    public static void AssertSameJson(string expected, string actual) =>
        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)),
            $"expected {expected}\nfound    {actual}");

    private static bool TryReadOne(AvroContainerReader reader, AvroDecoder decoder, out string json)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        var sink = new AvroJsonSink(decoder, writer);
        bool read = reader.Read(decoder, ref sink) == AvroReadStatus.Record;
        writer.Flush();
        json = System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
        return read;
    }
}
