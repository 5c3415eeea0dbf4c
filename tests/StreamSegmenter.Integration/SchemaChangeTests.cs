using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using StreamSegmenter.Chaos;

namespace StreamSegmenter.Integration;

/// <summary>A topic whose writers change their schema while the engine runs.</summary>
public sealed class SchemaChangeTests
{
    private const string Version1 = """
        {"type":"record","name":"Click","fields":[{"name":"event_id","type":"string"},{"name":"event_type","type":"string"},
        {"name":"event_time","type":"long"},{"name":"customer_id","type":"string"}]}
        """;

    private const string Version2 = """
        {"type":"record","name":"Click","fields":[{"name":"note","type":"string"},{"name":"event_id","type":"string"},
        {"name":"event_type","type":"string"},{"name":"event_time","type":"long"},{"name":"customer_id","type":"string"}]}
        """;

    private const string Incompatible = """
        {"type":"record","name":"Click","fields":[{"name":"event_id","type":"string"},{"name":"event_time","type":"boolean"}]}
        """;

    [Fact]
    public void Compatible_versions_are_resolved_and_an_incompatible_one_is_a_dead_letter()
    {
        var folder = Directory.CreateTempSubdirectory("streamsegmenter-schemas-").FullName;
        File.WriteAllText(Path.Combine(folder, "v1.avsc"), Version1);
        File.WriteAllText(Path.Combine(folder, "v2.avsc"), Version2);
        File.WriteAllText(Path.Combine(folder, "v3.avsc"), Incompatible);
        File.WriteAllText(Path.Combine(folder, "ids.json"), """{"1":"v1.avsc","2":"v2.avsc","3":"v3.avsc"}""");
        using var shop = new RunningShop();
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var configuration = Path.Combine(folder, "avro.yaml");
        File.WriteAllText(configuration, File.ReadAllText(shop.ConfigurationFile)
            .Replace(shop.Topics.Input, shop.Topics.Spare, StringComparison.Ordinal)
            .Replace("maxOutOfOrderness:", "format: avro\n    maxOutOfOrderness:", StringComparison.Ordinal)
            .Replace("when: \"count(product_viewed, 1m, pane: 1s) >= 5\"", "when: did(any)", StringComparison.Ordinal)
            + $"\nschemas: {{ folder: {folder} }}\n");
        Produce(
            shop,
            [.. Header(1), .. Text("e1"), .. Text("page_viewed"), .. Long(now), .. Text("ann")],
            [.. Header(2), .. Text("new"), .. Text("e2"), .. Text("page_viewed"), .. Long(now + 1), .. Text("bob")],
            [.. Header(3), .. Text("e3"), 1],
            [.. Header(1), .. Text("e4"), .. Text("page_viewed"), .. Long(now + 2), .. Text("cid")]);

        using (var engine = new EngineProcess("--config", configuration))
        {
            Wait.Until(() => Entered(shop).Count == 3, TimeSpan.FromSeconds(40), engine);
            Assert.Equal(["ann", "bob", "cid"], Entered(shop).Order());
            var letter = JsonDocument.Parse(Assert.Single(shop.Reader.ReadAll(shop.Topics.DeadLetters)).Text).RootElement;
            Assert.Equal((0, 2L), (letter.GetProperty("partition").GetInt32(), letter.GetProperty("offset").GetInt64()));
            Assert.False(engine.HasExited);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static List<string> Entered(RunningShop shop) =>
        [.. shop.Reader.ReadAll(shop.Topics.Memberships).Select(record => JsonDocument.Parse(record.Text).RootElement)
            .Where(change => change.GetProperty("segment").GetString() == "shopping-now")
            .Select(change => change.GetProperty("customerId").GetString()!)];

    private static byte[] Header(int schema)
    {
        var header = new byte[5];
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(1), schema);
        return header;
    }

    private static byte[] Text(string text) => [.. Long(text.Length), .. Encoding.ASCII.GetBytes(text)];

    /// <summary>Avro's variable-length zig-zag.</summary>
    private static byte[] Long(long value)
    {
        var bytes = new List<byte>();
        var rest = unchecked((ulong)((value << 1) ^ (value >> 63)));
        for (; rest >= 0x80; rest >>= 7)
        {
            bytes.Add((byte)((rest & 0x7F) | 0x80));
        }

        bytes.Add((byte)rest);
        return [.. bytes];
    }

    private static void Produce(RunningShop shop, params byte[][] values)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = shop.BootstrapServers }).Build();
        foreach (var value in values)
        {
            producer.Produce(new TopicPartition(shop.Topics.Spare, 0), new Message<Null, byte[]> { Value = value });
        }

        Assert.Equal(0, producer.Flush(TimeSpan.FromSeconds(20)));
    }
}
