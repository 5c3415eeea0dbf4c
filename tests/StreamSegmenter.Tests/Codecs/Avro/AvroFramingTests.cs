using System.Buffers;
using StreamSegmenter.Connectors.Codecs.Avro.Binary;
using StreamSegmenter.Connectors.Codecs.Avro.Framing;
using StreamSegmenter.Connectors.Codecs.Avro.Resolution;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Tests.Codecs.Avro;

public sealed class AvroFramingTests
{
    [Fact]
    public void A_single_object_of_another_implementation_is_read_by_its_fingerprint()
    {
        byte[] data = File.ReadAllBytes(SharedData.PathOf("avro/messageV1/test_message.bin"));
        Assert.True(FolderSchemaSource.TryLoad(SharedData.PathOf("avro/messageV1"), out FolderSchemaSource? schemas, out _));

        Assert.True(AvroFraming.TryReadSingleObject(data, out ulong fingerprint, out ReadOnlySpan<byte> payload, out _));
        SchemaLookup found = schemas!.ByFingerprint(fingerprint);
        Assert.Equal(SchemaOutcome.Found, found.Outcome);
        Assert.True(AvroJsonSink.TryDecode(AvroText.Decoder(found.Schema!, found.Schema!), payload, out string json, out _));

        AvroText.AssertSameJson("""{"id":42,"name":"Bill","tags":["dog_lover","cat_hater"]}""", json);
    }

    [Fact]
    public void Frames_are_read_as_they_were_written()
    {
        var buffer = new ArrayBufferWriter<byte>();
        AvroFraming.WriteConfluent(buffer, 0x01020304);
        Assert.Equal("0001020304", Convert.ToHexStringLower(buffer.WrittenSpan));
        Assert.True(AvroFraming.TryReadConfluent(buffer.WrittenSpan, out int id, out ReadOnlySpan<byte> payload, out _));
        Assert.Equal(0x01020304, id);
        Assert.Equal(0, payload.Length);

        buffer.ResetWrittenCount();
        AvroFraming.WriteSingleObject(buffer, 0xfedcba9876543210);
        Assert.Equal("c3011032547698badcfe", Convert.ToHexStringLower(buffer.WrittenSpan));
        Assert.True(AvroFraming.TryReadSingleObject(buffer.WrittenSpan, out ulong fingerprint, out _, out _));
        Assert.Equal(0xfedcba9876543210, fingerprint);
    }

    [Theory]
    [InlineData("00", "at least 5 bytes, this one 1")]
    [InlineData("7b2261223a317d", "starts with byte 7b, not with the 00 of Confluent framing; is it JSON?")]
    [InlineData("c3010000000000000000", "single-object encoding, not in Confluent framing")]
    public void What_is_not_in_Confluent_framing_is_refused_with_the_remedy(string hex, string expected)
    {
        Assert.False(AvroFraming.TryReadConfluent(Convert.FromHexString(hex), out _, out _, out AvroError error));
        Assert.Contains(expected, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("c301", "at least 10 bytes, this one 2")]
    [InlineData("00000000010000000000", "Confluent framing, not in single-object encoding")]
    [InlineData("c3020000000000000000", "starts with bytes c3 02")]
    public void What_is_not_a_single_object_is_refused_with_the_remedy(string hex, string expected)
    {
        Assert.False(AvroFraming.TryReadSingleObject(Convert.FromHexString(hex), out _, out _, out AvroError error));
        Assert.Contains(expected, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_knows_schemas_by_fingerprint_and_those_of_its_ids_file_by_id()
    {
        using var folder = new SchemaFolder(("a.avsc", "\"int\""), ("b.avsc", "\"long\""), ("ids.json", """{"7":"b.avsc"}"""));
        Assert.True(FolderSchemaSource.TryLoad(folder.Path, out FolderSchemaSource? source, out _));

        Assert.Equal("\"int\"", source!.ByFingerprint(AvroSchema.Parse("\"int\"").Fingerprint).Schema!.CanonicalForm);
        Assert.Equal("\"long\"", source.ById(7).Schema!.CanonicalForm);
        SchemaLookup missing = source.ById(8);
        Assert.Equal(SchemaOutcome.NotFound, missing.Outcome);
        Assert.Contains("schema id 8 is not in", missing.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_file_of_a_folder_that_is_wrong_is_named()
    {
        using var folder = new SchemaFolder(
            ("a.avsc", "\"itn\""), ("b.avsc", "{"), ("good.avsc", "\"int\""), ("ids.json", """{"x":"good.avsc","2":"god.avsc"}"""));

        Assert.False(FolderSchemaSource.TryLoad(folder.Path, out _, out IReadOnlyList<string> errors));

        Assert.Equal(4, errors.Count);
        Assert.Contains("a.avsc: $: unknown type 'itn'. Did you mean 'int'?", errors[0], StringComparison.Ordinal);
        Assert.Contains("b.avsc: line 1", errors[1], StringComparison.Ordinal);
        Assert.Contains("'x' is not a schema id", errors[2], StringComparison.Ordinal);
        Assert.Contains(
            "id 2: no readable schema 'god.avsc' in the folder. Did you mean 'good.avsc'?", errors[3], StringComparison.Ordinal);
    }

    private sealed class SchemaFolder : IDisposable
    {
        public SchemaFolder(params (string Name, string Text)[] files)
        {
            Path = Directory.CreateTempSubdirectory("avro-schemas-").FullName;
            foreach ((string name, string text) in files)
            {
                File.WriteAllText(System.IO.Path.Combine(Path, name), text);
            }
        }

        public string Path { get; }

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
