using StreamSegmenter.Connectors.Codecs.Avro.Binary;
using StreamSegmenter.Connectors.Codecs.Avro.Containers;
using StreamSegmenter.Connectors.Codecs.Avro.Outputs;
using StreamSegmenter.Connectors.Codecs.Avro.Resolution;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Tests.Codecs.Avro;

/// <summary>Damage of every kind is refused with an error: no exception, no hang, no allocation beyond what the input's
/// size explains.</summary>
public sealed class AvroDamageTests
{
    private const long AllocationMax = 64 << 20;

    [Theory]
    [InlineData("weather.avro")]
    [InlineData("weather-deflate.avro")]
    [InlineData("weather-snappy.avro")]
    [InlineData("weather-zstd.avro")]
    [InlineData("schemas/withUnion/data.avro")]
    public void A_file_cut_off_at_any_byte_is_refused(string file)
    {
        byte[] whole = File.ReadAllBytes(SharedData.PathOf("avro/" + file));
        List<string> all = Read(whole, out AvroError none);
        Assert.True(none.IsNone, none.ToString());
        int endOfHeader = whole.AsSpan().IndexOf(whole.AsSpan(whole.Length - 16)) + 16;
        for (int length = 0; length < whole.Length; length++)
        {
            List<string> records = Read(whole[..length], out AvroError error);

            // A header alone is a whole file of no records; nothing else that is shorter is a file.
            Assert.True(length == endOfHeader ? error.IsNone : !error.IsNone, $"cut at {length}: {error}");
            Assert.Equal(all.Take(records.Count), records);
        }
    }

    [Theory]
    [InlineData("weather.avro")]
    [InlineData("weather-deflate.avro")]
    [InlineData("weather-snappy.avro")]
    [InlineData("weather-zstd.avro")]
    [InlineData("schemas/withUnion/data.avro")]
    public void A_flipped_bit_never_throws_hangs_or_exhausts_the_memory(string file)
    {
        byte[] whole = File.ReadAllBytes(SharedData.PathOf("avro/" + file));
        for (int bit = 0; bit < whole.Length * 8; bit++)
        {
            byte[] damaged = [.. whole];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            long before = GC.GetAllocatedBytesForCurrentThread();
            Read(damaged, out AvroError error);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < AllocationMax, $"bit {bit}: {allocated} bytes allocated, {error}");
        }
    }

    [Theory]
    [InlineData("weather-snappy.avro")]
    public void A_flipped_bit_in_a_block_with_a_checksum_is_always_found(string file)
    {
        byte[] whole = File.ReadAllBytes(SharedData.PathOf("avro/" + file));
        int endOfHeader = whole.AsSpan().IndexOf(whole.AsSpan(whole.Length - 16)) + 16;
        for (int bit = endOfHeader * 8; bit < whole.Length * 8; bit++)
        {
            byte[] damaged = [.. whole];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Read(damaged, out AvroError error);
            Assert.False(error.IsNone, $"bit {bit}");
        }
    }

    [Fact]
    public void A_wrong_sync_marker_is_found_at_its_place()
    {
        byte[] damaged = File.ReadAllBytes(SharedData.PathOf("avro/weather.avro"));
        damaged[^1] ^= 1;
        Read(damaged, out AvroError error);
        Assert.Equal(AvroFault.SyncMarkerMismatch, error.Fault);
        Assert.Equal(damaged.Length - 16, error.Offset);
    }

    [Theory]
    [InlineData(5, 5L << 40, AvroFault.BlockTooLarge)]
    [InlineData(-5, 100, AvroFault.LengthNegative)]
    [InlineData(5, -1, AvroFault.LengthNegative)]
    [InlineData(5, 60L << 20, AvroFault.Truncated)]
    [InlineData(long.MaxValue, 3, AvroFault.Truncated)]
    public void Absurd_counts_and_lengths_of_a_block_are_refused_before_anything_is_allocated(
        long records, long size, Enum fault)
    {
        byte[] file = [.. AvroContainerTests.Header("null", "\"int\""), .. Varint(records), .. Varint(size), 2, 2];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Read(file, out AvroError error);
        Assert.Equal((AvroFault)fault, error.Fault);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Fact]
    public void A_block_that_decompresses_beyond_the_limit_is_refused()
    {
        AvroSchema schema = AvroSchema.Parse("\"bytes\"");
        var stream = new MemoryStream(ApacheAvro.Container("\"bytes\"", "deflate", [new byte[8 << 20]]));
        Assert.True(AvroContainerReader.TryOpen(stream, out AvroContainerReader? reader, out _, blockBytesMax: 1 << 20));
        using (reader)
        {
            var sink = default(CountingSink);
            Assert.Equal(AvroReadStatus.Bad, reader!.Read(AvroText.Decoder(schema, schema), ref sink));
            Assert.Contains("more than the limit of 1048576 bytes", reader.Error.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Items_of_no_size_are_bounded_although_no_byte_pays_for_them()
    {
        AvroSchema schema = AvroSchema.Parse("""{"type":"array","items":"null"}""");
        byte[] few = [.. Varint(1000), 0];
        byte[] many = [.. Varint(1_000_000_000), 0];
        var sink = default(CountingSink);
        Assert.True(AvroText.Decoder(schema, schema).TryDecode(few, ref sink, out _));
        Assert.Equal(1000 + 2, sink.Calls);
        Assert.False(AvroText.Decoder(schema, schema).TryDecode(many, ref sink, out AvroError error));
        Assert.Equal(AvroFault.WorkExceedsInput, error.Fault);
    }

    [Fact]
    public void Random_bytes_are_decoded_or_refused_in_bounded_work()
    {
        const int Runs = 20_000;
        AvroDecoder[] decoders = [.. Schemas().Select(s => AvroText.Decoder(AvroSchema.Parse(s.Writer), AvroSchema.Parse(s.Reader)))];
        var random = new Random(20_240_611);
        for (int run = 0; run < Runs; run++)
        {
            var data = new byte[random.Next(64)];
            random.NextBytes(data);

            // Small numbers make plausible lengths, counts and branches.
            for (int i = 0; i < data.Length; i++)
            {
                data[i] = random.Next(3) == 0 ? data[i] : (byte)(data[i] % 9);
            }

            var sink = default(CountingSink);
            decoders[run % decoders.Length].TryDecode(data, ref sink, out _);
            Assert.True(sink.Calls <= 200_000, $"run {run}: {sink.Calls} calls for {data.Length} bytes");
        }
    }

    [Fact]
    public void Random_values_survive_the_way_to_bytes_and_back_and_damage_to_them_is_harmless()
    {
        const int Runs = 300;
        var random = new Random(7);
        for (int run = 0; run < Runs; run++)
        {
            var values = new RandomValues(random);
            AvroSchema schema = AvroSchema.Parse(values.SchemaText(depth: 4));
            string value = values.Value(schema.Root);
            AvroDecoder decoder = AvroText.Decoder(schema, schema);
            byte[] encoded = AvroText.Encode(schema, value);

            Assert.True(AvroJsonSink.TryDecode(decoder, encoded, out string json, out AvroError error), $"run {run}: {error}");
            AvroText.AssertSameJson(value, json);
            for (int length = 0; length < encoded.Length; length++)
            {
                Assert.False(
                    AvroJsonSink.TryDecode(decoder, encoded.AsSpan(0, length), out _, out _),
                    $"run {run}, cut at {length}");
            }
        }
    }

    [Fact]
    public void A_damaged_schema_is_parsed_or_refused_and_never_throws()
    {
        const int Runs = 4000;
        string[] texts = [.. Enum.GetValues<OutputKind>().Select(o => ShippedSchemas.Of(o).Text), ShippedSchemas.StorefrontEvent.Text];
        string[] scraps = ["\"", "{", "}", "[", "]", ",", ":", "-1", "1e999", "null", "\"type\"", "\\ud800", "\"record\"", "\"CartLine\""];
        var random = new Random(11);
        for (int run = 0; run < Runs; run++)
        {
            string text = texts[run % texts.Length];
            for (int edits = random.Next(1, 4); edits > 0; edits--)
            {
                int from = random.Next(text.Length);
                int length = Math.Min(random.Next(6), text.Length - from);
                text = text[..from] + (random.Next(2) == 0 ? "" : scraps[random.Next(scraps.Length)]) + text[(from + length)..];
            }

            if (!AvroSchema.TryParse(text, out AvroSchema? schema, out AvroSchemaError error))
            {
                Assert.NotEmpty(error.Path);
                Assert.NotEmpty(error.Reason);
            }
            else
            {
                Assert.NotEmpty(schema!.CanonicalForm);
            }
        }
    }

    [Fact]
    public void Any_two_schemas_are_reconciled_or_refused_and_any_data_is_decoded_or_refused()
    {
        const int Runs = 2000;
        var random = new Random(13);
        var values = new RandomValues(random);
        for (int run = 0; run < Runs; run++)
        {
            AvroSchema writer = AvroSchema.Parse(values.SchemaText(depth: 3));
            AvroSchema reader = AvroSchema.Parse(values.SchemaText(depth: 3));
            if (!AvroDecoder.TryCompile(writer, reader, AvroNameMatching.IgnoreOutermostName, out AvroDecoder? decoder, out AvroResolutionError error))
            {
                Assert.NotEmpty(error.Reason);
                continue;
            }

            AvroJsonSink.TryDecode(decoder!, AvroText.Encode(writer, values.Value(writer.Root)), out _, out _);
            var noise = new byte[random.Next(40)];
            random.NextBytes(noise);
            AvroJsonSink.TryDecode(decoder!, noise, out _, out _);
        }
    }

    private static IEnumerable<(string Writer, string Reader)> Schemas()
    {
        const string All = """
            {"type":"record","name":"R","fields":[
              {"name":"m","type":{"type":"map","values":["null","string","long","double","boolean","R"]}},
              {"name":"a","type":{"type":"array","items":["null","R",{"type":"array","items":"null"}]}},
              {"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"]}},
              {"name":"f","type":{"type":"fixed","name":"F","size":3}}]}
            """;
        yield return (All, All);
        yield return (All, """{"type":"record","name":"R","fields":[{"name":"z","type":"int","default":3}]}""");
        yield return (All, """{"type":"record","name":"R","fields":[{"name":"f","type":{"type":"fixed","name":"F","size":3}}]}""");
        yield return ("""{"type":"array","items":{"type":"array","items":{"type":"record","name":"Z","fields":[]}}}""",
            """{"type":"array","items":{"type":"array","items":{"type":"record","name":"Z","fields":[{"name":"d","type":"string","default":"abcdefgh"}]}}}""");
    }

    private static List<string> Read(byte[] file, out AvroError error) => AvroText.ReadContainer(
        new MemoryStream(file), out error, out _);

    private static byte[] Varint(long value)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        new AvroWriter(buffer).WriteLong(value);
        return buffer.WrittenSpan.ToArray();
    }

    private struct CountingSink : IAvroSink
    {
        public long Calls { get; private set; }

        public void OnNull(int slot) => Calls++;

        public void OnBoolean(int slot, bool value) => Calls++;

        public void OnLong(int slot, long value) => Calls++;

        public void OnDouble(int slot, double value) => Calls++;

        public void OnString(int slot, ReadOnlySpan<byte> utf8) => Calls++;

        public void OnBytes(int slot, ReadOnlySpan<byte> value) => Calls++;

        public void OnEnum(int slot, int ordinal, ReadOnlySpan<byte> symbol) => Calls++;

        public void BeginRecord(int slot) => Calls++;

        public void EndRecord(int slot) => Calls++;

        public void BeginArray(int slot) => Calls++;

        public void EndArray(int slot) => Calls++;

        public void BeginMap(int slot) => Calls++;

        public void OnMapKey(int slot, ReadOnlySpan<byte> utf8) => Calls++;

        public void EndMap(int slot) => Calls++;
    }
}
