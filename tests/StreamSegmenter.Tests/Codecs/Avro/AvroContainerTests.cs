using System.Buffers;
using System.Text.Json;
using global::Avro;
using global::Avro.Generic;
using StreamSegmenter.Connectors.Codecs.Avro.Binary;
using StreamSegmenter.Connectors.Codecs.Avro.Containers;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Tests.Codecs.Avro;

public sealed class AvroContainerTests
{
    [Theory]
    [InlineData("weather.avro")]
    [InlineData("weather-deflate.avro")]
    [InlineData("weather-snappy.avro")]
    [InlineData("weather-zstd.avro")]
    public void A_file_of_another_implementation_decodes_to_its_known_records(string file) =>
        AssertRecords(File.ReadAllLines(SharedData.PathOf("avro/weather.json")), Read(file));

    [Fact]
    public void A_file_sorted_by_time_holds_the_same_records_in_that_order() =>
        AssertRecords(
            [.. File.ReadAllLines(SharedData.PathOf("avro/weather.json")).OrderBy(TimeOf)],
            Read("weather-sorted.avro"));

    [Fact]
    public void Metadata_that_holds_the_sync_marker_does_not_disturb()
    {
        List<string> records = AvroText.ReadContainer(Open("syncInMeta.avro"), out AvroError error, out int blocks);

        Assert.True(error.IsNone, error.ToString());
        Assert.Equal(12, blocks);
        Assert.Equal(6001, records.Count);
    }

    [Fact]
    public void Simple_strings_decode() =>
        AssertRecords(["""{"text":"hello"}""", """{"text":"bonjour"}""", """{"text":"guten tag"}"""], Read("schemas/simple/data.avro"));

    [Fact]
    public void Unions_and_nested_records_decode() =>
        AssertRecords(
            ["""{"data1":"textValue","data2":null}""", """{"data1":123,"data2":{"d1":false}}""", """{"data1":3,"data2":{"d1":"text value"}}"""],
            Read("schemas/withUnion/data.avro"));

    [Theory]
    [InlineData("schemas/simple")]
    [InlineData("schemas/withUnion")]
    public void A_file_s_schema_is_the_one_beside_it(string folder)
    {
        Assert.True(AvroContainerReader.TryOpen(Open(folder + "/data.avro"), out AvroContainerReader? reader, out _));
        using (reader)
        {
            AvroSchema beside = AvroSchema.Parse(File.ReadAllText(SharedData.PathOf($"avro/{folder}/schema.json")));
            Assert.Equal(beside.CanonicalForm, reader!.Schema.CanonicalForm);
        }
    }

    [Fact]
    public void A_file_of_before_Avro_1_3_is_refused_with_the_reason()
    {
        AvroText.ReadContainer(Open("test.avro12"), out AvroError error, out _);

        Assert.Equal(AvroFault.ContainerFormatOld, error.Fault);
        Assert.Contains(
            "container format 0 is not supported, only format 1 (Avro 1.3 and later)",
            error.ToString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "shorter than the four bytes")]
    [InlineData("PK\u0003\u0004zip", "does not start with 'Obj'")]
    public void A_file_that_is_no_container_is_refused_as_such(string content, string expected)
    {
        AvroText.ReadContainer(new MemoryStream(System.Text.Encoding.ASCII.GetBytes(content)), out AvroError error, out _);
        Assert.Contains(expected, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_codec_is_named_with_the_remedy()
    {
        byte[] file = Header("bzip2", "\"int\"");
        AvroText.ReadContainer(new MemoryStream(file), out AvroError error, out _);
        Assert.Contains(
            "the codec 'bzip2' is not supported; recompress the file with null, deflate, snappy or zstandard",
            error.ToString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("deflate")]
    public void What_Apache_s_writer_wrote_is_read_block_by_block(string codec)
    {
        const string Text = """{"type":"record","name":"R","doc":"kept","fields":[{"name":"id","type":"long"},{"name":"text","type":["null","string"]}]}""";
        var schema = (RecordSchema)Schema.Parse(Text);
        byte[] file = ApacheAvro.Container(Text, codec, Enumerable.Range(0, 20_000).Select(i =>
        {
            var record = new GenericRecord(schema);
            record.Add("id", (long)i);
            record.Add("text", $"number {i}");
            return (object)record;
        }));

        List<string> records = AvroText.ReadContainer(new MemoryStream(file), out AvroError error, out int blocks);

        Assert.True(error.IsNone, error.ToString());
        Assert.Equal(20_000, records.Count);
        Assert.True(blocks > 1);
        AvroText.AssertSameJson("""{"id":19999,"text":"number 19999"}""", records[^1]);
    }

    [Fact]
    public void A_file_without_records_is_read_to_its_end()
    {
        byte[] file = ApacheAvro.Container("\"long\"", "null", []);
        Assert.Empty(AvroText.ReadContainer(new MemoryStream(file), out AvroError error, out _));
        Assert.True(error.IsNone);
    }

    [Fact]
    public void A_snappy_block_with_a_false_length_is_refused_before_anything_is_allocated()
    {
        // 2 GiB − 1 of nothing: the library would allocate it.
        byte[] block = [0xff, 0xff, 0xff, 0xff, 0x07, 0x00, (byte)'x', 0, 0, 0, 0];
        byte[] file = [.. Header("snappy", "\"int\""), 2, (byte)(block.Length * 2), .. block, .. new byte[16]];
        long before = GC.GetAllocatedBytesForCurrentThread();

        AvroText.ReadContainer(new MemoryStream(file), out AvroError error, out _);

        Assert.Contains("not valid snappy: its length is wrong", error.ToString(), StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    internal static byte[] Header(string codec, string schema)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new AvroWriter(buffer);
        writer.WriteFixed("Obj\u0001"u8);
        writer.WriteBlock(2);
        writer.WriteString("avro.codec");
        writer.WriteString(codec);
        writer.WriteString("avro.schema");
        writer.WriteString(schema);
        writer.WriteEnd();
        writer.WriteFixed(new byte[16]);
        return buffer.WrittenSpan.ToArray();
    }

    private static FileStream Open(string file) => File.OpenRead(SharedData.PathOf("avro/" + file));

    private static List<string> Read(string file)
    {
        using FileStream stream = Open(file);
        List<string> records = AvroText.ReadContainer(stream, out AvroError error, out _);
        Assert.True(error.IsNone, error.ToString());
        return records;
    }

    private static void AssertRecords(IReadOnlyList<string> expected, List<string> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            AvroText.AssertSameJson(expected[i], actual[i]);
        }
    }

    private static long TimeOf(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("time").GetInt64();
    }
}
