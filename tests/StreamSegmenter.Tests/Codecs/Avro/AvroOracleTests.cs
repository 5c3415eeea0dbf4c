using global::Avro;
using StreamSegmenter.Connectors.Codecs.Avro.Binary;
using StreamSegmenter.Connectors.Codecs.Avro.Framing;
using StreamSegmenter.Connectors.Codecs.Avro.Resolution;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;
using StreamSegmenter.Tests.Configuration;

namespace StreamSegmenter.Tests.Codecs.Avro;

/// <summary>Our reading and writing beside Apache's, in both directions: over the schemas that we ship, those of other implementations'
/// files, and schemas and values that are made up from a seed.</summary>
public sealed class AvroOracleTests
{
    private const int ValuesPerSchema = 200;
    private const int RandomSchemas = 300;
    private const int RandomValuesPerSchema = 10;

    public static TheoryData<string> ShippedSchemas() =>
        [.. Directory.EnumerateFiles(RepositoryFiles.PathOf("schemas"), "*.avsc").Select(path => Path.GetFileName(path)!)];

    [Theory]
    [MemberData(nameof(ShippedSchemas))]
    public void A_shipped_schema_s_values_are_the_same_to_both(string file) =>
        AssertSameValues(File.ReadAllText(RepositoryFiles.PathOf("schemas/" + file)), ValuesPerSchema, seed: 1);

    [Theory]
    [InlineData("avro/schemas/simple/schema.json")]
    [InlineData("avro/schemas/withUnion/schema.json")]
    [InlineData("avro/messageV1/test_schema.avsc")]
    [InlineData("avro/weather.avro")]
    [InlineData("avro/syncInMeta.avro")]
    public void Another_implementation_s_schema_s_values_are_the_same_to_both(string file) =>
        AssertSameValues(SchemaOf(SharedData.PathOf(file)), ValuesPerSchema, seed: 2);

    [Fact]
    public void Random_schemas_and_their_values_are_the_same_to_both()
    {
        var random = new Random(3);
        for (var run = 0; run < RandomSchemas; run++)
        {
            AssertSameValues(new RandomValues(random).SchemaText(depth: 4), RandomValuesPerSchema, seed: run);
        }
    }

    [Theory]
    [InlineData("avro/weather.avro")]
    [InlineData("avro/weather-deflate.avro")]
    [InlineData("avro/weather-sorted.avro")]
    [InlineData("avro/syncInMeta.avro")]
    [InlineData("avro/schemas/simple/data.avro")]
    [InlineData("avro/schemas/withUnion/data.avro")]
    public void A_container_holds_the_same_records_for_both(string file) =>
        AssertSameRecords(ApacheAvro.ReadContainer(SharedData.PathOf(file)), file);

    /// <summary>Apache's package has no snappy and no zstandard; the same records lie beside these files without.</summary>
    [Theory]
    [InlineData("avro/weather-snappy.avro")]
    [InlineData("avro/weather-zstd.avro")]
    public void A_container_of_another_codec_holds_what_Apache_reads_from_the_plain_one(string file) =>
        AssertSameRecords(ApacheAvro.ReadContainer(SharedData.PathOf("avro/weather.avro")), file);

    [Fact]
    public void A_single_object_message_is_the_same_to_both()
    {
        string schema = File.ReadAllText(SharedData.PathOf("avro/messageV1/test_schema.avsc"));
        byte[] message = File.ReadAllBytes(SharedData.PathOf("avro/messageV1/test_message.bin"));
        Assert.True(AvroFraming.TryReadSingleObject(message, out ulong fingerprint, out ReadOnlySpan<byte> payload, out AvroError error), error.ToString());
        Assert.Equal(AvroSchema.Parse(schema).Fingerprint, fingerprint);

        AvroSchema ours = AvroSchema.Parse(schema);
        Assert.True(AvroJsonSink.TryDecode(AvroText.Decoder(ours, ours), payload, out string json, out error), error.ToString());
        AvroText.AssertSameJson(ApacheAvro.JsonOf(ApacheAvro.Decode(schema, schema, payload.ToArray())), json);
    }

    [Theory]
    [InlineData("a new field with a default", """{"name":"a","type":"int"}""", """{"name":"a","type":"int"},{"name":"b","type":"string","default":"x\u00e9"}""")]
    [InlineData("a new union, map, array and record", """{"name":"a","type":"int"}""",
        """{"name":"u","type":["null","string"],"default":null},{"name":"m","type":{"type":"map","values":"long"},"default":{"k":1}},{"name":"l","type":{"type":"array","items":"double"},"default":[1.5]},{"name":"r","type":{"type":"record","name":"I","fields":[{"name":"x","type":"int"}]},"default":{"x":7}}""")]
    [InlineData("a field that is gone", """{"name":"a","type":{"type":"map","values":["null",{"type":"array","items":"bytes"}]}},{"name":"b","type":"string"}""", """{"name":"b","type":"string"}""")]
    [InlineData("fields in another order", """{"name":"a","type":"int"},{"name":"b","type":"string"},{"name":"c","type":"boolean"}""", """{"name":"c","type":"boolean"},{"name":"a","type":"int"},{"name":"b","type":"string"}""")]
    [InlineData("int to long", """{"name":"a","type":"int"}""", """{"name":"a","type":"long"}""")]
    [InlineData("int to float", """{"name":"a","type":"int"}""", """{"name":"a","type":"float"}""")]
    [InlineData("int to double", """{"name":"a","type":"int"}""", """{"name":"a","type":"double"}""")]
    [InlineData("long to float", """{"name":"a","type":"long"}""", """{"name":"a","type":"float"}""")]
    [InlineData("long to double", """{"name":"a","type":"long"}""", """{"name":"a","type":"double"}""")]
    [InlineData("float to double", """{"name":"a","type":"float"}""", """{"name":"a","type":"double"}""")]
    [InlineData("a value that may be null now", """{"name":"a","type":"string"}""", """{"name":"a","type":["null","string"]}""")]
    [InlineData("a union with a new branch", """{"name":"a","type":["null","long"]}""", """{"name":"a","type":["null","string","long"]}""")]
    [InlineData("an enum with a new symbol", """{"name":"a","type":{"type":"enum","name":"E","symbols":["A","B"]}}""", """{"name":"a","type":{"type":"enum","name":"E","symbols":["N","B","A"]}}""")]
    [InlineData("an enum with a default", """{"name":"a","type":{"type":"enum","name":"E","symbols":["A","B","C"]}}""", """{"name":"a","type":{"type":"enum","name":"E","symbols":["N","B"],"default":"N"}}""")]
    [InlineData("items that grew a field", """{"name":"a","type":{"type":"array","items":{"type":"record","name":"I","fields":[{"name":"x","type":"int"}]}}}""", """{"name":"a","type":{"type":"array","items":{"type":"record","name":"I","fields":[{"name":"y","type":"int","default":-1},{"name":"x","type":"long"}]}}}""")]
    [InlineData("a type that holds itself", """{"name":"a","type":"int"},{"name":"next","type":["null","R"]}""", """{"name":"next","type":["null","R"]},{"name":"a","type":"long"},{"name":"b","type":"boolean","default":true}""")]
    public void What_version_1_wrote_is_the_same_to_both_as_version_2(string change, string fields1, string fields2)
    {
        var random = new Random(change.Length);
        var (writer, reader) = (RecordOf(fields1), RecordOf(fields2));
        var decoder = AvroText.Decoder(AvroSchema.Parse(writer), AvroSchema.Parse(reader));
        for (var i = 0; i < ValuesPerSchema; i++)
        {
            var data = ApacheAvro.Encode(writer, ApacheAvro.RandomValue(Schema.Parse(writer), random));
            Assert.True(AvroJsonSink.TryDecode(decoder, data, out var ours, out var error), error.ToString());
            AvroText.AssertSameJson(ApacheAvro.JsonOf(ApacheAvro.Decode(writer, reader, data)), ours);
        }
    }

    private static void AssertSameValues(string text, int values, int seed)
    {
        text = ApacheAvro.WithoutLogicalTypes(text);
        var theirs = Schema.Parse(text);
        var ours = AvroSchema.Parse(text);
        Assert.Equal(SchemaNormalization.ToParsingForm(theirs), ours.CanonicalForm);
        Assert.Equal(unchecked((ulong)SchemaNormalization.ParsingFingerprint64(theirs)), ours.Fingerprint);

        var decoder = AvroText.Decoder(ours, ours);
        var random = new Random(seed);
        for (var i = 0; i < values; i++)
        {
            var value = ApacheAvro.RandomValue(theirs, random);
            var json = ApacheAvro.JsonOf(value);

            Assert.True(AvroJsonSink.TryDecode(decoder, ApacheAvro.Encode(text, value), out var read, out var error), error.ToString());
            AvroText.AssertSameJson(json, read);
            AvroText.AssertSameJson(json, ApacheAvro.JsonOf(ApacheAvro.Decode(text, text, AvroText.Encode(ours, json))));
        }
    }

    private static void AssertSameRecords(List<string> theirs, string file)
    {
        using var stream = File.OpenRead(SharedData.PathOf(file));
        var ours = AvroText.ReadContainer(stream, out var error, out _);
        Assert.True(error.IsNone, error.ToString());
        Assert.Equal(theirs.Count, ours.Count);
        Assert.All(theirs.Zip(ours), pair => AvroText.AssertSameJson(pair.First, pair.Second));
    }

    private static string SchemaOf(string path)
    {
        if (!path.EndsWith(".avro", StringComparison.Ordinal))
        {
            return File.ReadAllText(path);
        }

        using var stream = File.OpenRead(path);
        Assert.True(Connectors.Codecs.Avro.Containers.AvroContainerReader.TryOpen(stream, out var reader, out AvroError error), error.ToString());
        using (reader)
        {
            return reader!.Schema.Text;
        }
    }

    private static string RecordOf(string fields) => $$"""{"type":"record","name":"R","fields":[{{fields}}]}""";
}
