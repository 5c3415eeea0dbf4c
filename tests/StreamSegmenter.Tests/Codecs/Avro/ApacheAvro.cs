using System.Text;
using System.Text.Json.Nodes;
using global::Avro;
using global::Avro.File;
using global::Avro.Generic;
using global::Avro.IO;

namespace StreamSegmenter.Tests.Codecs.Avro;

/// <summary>Apache's own reader and writer, the oracle for ours. Logical types are taken out of its schemas: they change the .NET type of
/// a value, not its bytes.</summary>
internal static class ApacheAvro
{
    private const string Characters = "abcXYZ 09_\"\\/\n\u00e9\u00df\u4e2d\u0001";

    public static string WithoutLogicalTypes(string schema) => schema.Replace("\"logicalType\"", "\"notLogical\"", StringComparison.Ordinal);

    public static byte[] Encode(string writer, object? value)
    {
        using var stream = new MemoryStream();
        new GenericDatumWriter<object?>(Schema.Parse(writer)).Write(value, new BinaryEncoder(stream));
        return stream.ToArray();
    }

    public static object? Decode(string writer, string reader, byte[] data)
    {
        using var stream = new MemoryStream(data);
        var value = new GenericDatumReader<object?>(Schema.Parse(writer), Schema.Parse(reader)).Read(null, new BinaryDecoder(stream));
        Assert.Equal(data.Length, stream.Position);
        return value;
    }

    public static byte[] Container(string schema, string codec, IEnumerable<object?> values)
    {
        using var stream = new MemoryStream();
        using (var writer = DataFileWriter<object?>.OpenWriter(
            new GenericDatumWriter<object?>(Schema.Parse(schema)), stream, Codec.CreateCodecFromString(codec), leaveOpen: true))
        {
            foreach (var value in values)
            {
                writer.Append(value);
            }
        }

        return stream.ToArray();
    }

    /// <summary>A container's records as JSON, by Apache's reader.</summary>
    public static List<string> ReadContainer(string path)
    {
        using var stream = System.IO.File.OpenRead(path);
        using var reader = DataFileReader<object>.OpenReader(stream);
        return [.. reader.NextEntries.Select(JsonOf)];
    }

    /// <summary>A value plainly, as <c>AvroJsonSink</c> writes it.</summary>
    public static string JsonOf(object? value) => Node(value)?.ToJsonString() ?? "null";

    /// <summary>Makes up a value; the deeper, the shorter and the sooner null.</summary>
    public static object? RandomValue(Schema schema, Random random, int depth = 0) => schema switch
    {
        RecordSchema record => RandomRecord(record, random, depth),
        ArraySchema array => Enumerable.Range(0, random.Next(Math.Max(1, 4 - depth)))
            .Select(_ => RandomValue(array.ItemSchema, random, depth + 1)).ToArray(),
        MapSchema map => Enumerable.Range(0, random.Next(Math.Max(1, 4 - depth)))
            .ToDictionary(i => $"k{i}{Text(random)}", _ => RandomValue(map.ValueSchema, random, depth + 1)),
        UnionSchema union => RandomValue(
            depth > 4 && union[0].Tag == Schema.Type.Null ? union[0] : union[random.Next(union.Count)], random, depth + 1),
        EnumSchema symbols => new GenericEnum(symbols, symbols[random.Next(symbols.Count)]),
        FixedSchema bytes => new GenericFixed(bytes, Bytes(random, bytes.Size)),
        _ => RandomScalar(schema.Tag, random),
    };

    private static GenericRecord RandomRecord(RecordSchema schema, Random random, int depth)
    {
        var record = new GenericRecord(schema);
        foreach (var field in schema.Fields)
        {
            record.Add(field.Name, RandomValue(field.Schema, random, depth + 1));
        }

        return record;
    }

    private static object? RandomScalar(Schema.Type type, Random random) => type switch
    {
        Schema.Type.Null => null,
        Schema.Type.Boolean => random.Next(2) == 0,
        Schema.Type.Int => unchecked((int)Number(random)),
        Schema.Type.Long => Number(random),
        Schema.Type.Float => (float)Real(random),
        Schema.Type.Double => Real(random),
        Schema.Type.Bytes => Bytes(random, random.Next(20)),
        Schema.Type.String => Text(random),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>Of every length that a varint can have.</summary>
    private static long Number(Random random) => unchecked(random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64));

    private static double Real(Random random) => random.Next(8) switch
    {
        0 => double.NaN,
        1 => double.PositiveInfinity,
        2 => double.NegativeInfinity,
        3 => -0.0,
        _ => random.Next(-1_000_000, 1_000_000) / 64.0,
    };

    private static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static string Text(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Characters[random.Next(Characters.Length)]));

    private static JsonNode? Node(object? value) => value switch
    {
        null => null,
        bool flag => flag,
        int number => (long)number,
        long number => number,
        float real => Real(real),
        double real => Real(real),
        string text => text,
        byte[] bytes => Encoding.Latin1.GetString(bytes),
        GenericFixed bytes => Encoding.Latin1.GetString(bytes.Value),
        GenericEnum symbol => symbol.Value,
        GenericRecord record => new JsonObject(record.Schema.Fields.Select(field => KeyValuePair.Create(field.Name, Node(record.GetValue(field.Pos))))),
        IDictionary<string, object> map => new JsonObject(map.Select(entry => KeyValuePair.Create(entry.Key, Node(entry.Value)))),
        Array items => new JsonArray([.. items.Cast<object?>().Select(Node)]),
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, null),
    };

    private static JsonNode Real(double real) => double.IsFinite(real)
        ? real
        : double.IsNaN(real) ? "NaN" : real > 0 ? "Infinity" : "-Infinity";
}
