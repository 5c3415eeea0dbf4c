using System.Collections.Immutable;
using System.Text;
using StreamSegmenter.Connectors.Codecs.Avro.Inputs;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;

namespace StreamSegmenter.Tests.Codecs.Avro;

/// <summary>Decodes Avro records of one schema into a batch, and shows what came of them.</summary>
internal sealed class AvroEvents
{
    public const string Full = """
        {"event_id":"e-1","event_type":"product_added","event_time":1700000000123,"customer_id":"c-1","session_id":"s-1","cart_id":"k-1",
         "product_id":"p-1","category":"shoes","quantity":2,"price_minor":3579,"currency":"EUR",
         "properties":{"device":"phone","score":1.5,"visits":3,"member":true}}
        """;

    public EventBatch Batch { get; } = new();

    public DecodeOutcome Decode(AvroSchema writer, string json, InputMapping? mapping = null) =>
        Decoder(writer, mapping).Decode(Record(Frame(AvroText.Encode(writer, json))), Batch);

    public static AvroEventDecoder Decoder(AvroSchema writer, InputMapping? mapping = null) =>
        new(new OneSchema(writer), CompiledMapping.Of(mapping ?? InputMapping.Default));

    public static SourceRecord Record(ReadOnlySpan<byte> value) => new() { Input = 1, Partition = 2, Offset = 3, TimestampMs = -1, Value = value };

    public static byte[] Frame(byte[] payload) => [0, 0, 0, 0, 7, .. payload];

    public static ImmutableDictionary<string, string> Types(params (string Key, string Value)[] entries) =>
        entries.ToImmutableDictionary(e => e.Key, e => e.Value);

    public static ImmutableDictionary<string, FieldMapping> Map(params (string Key, string Value)[] entries) =>
        entries.ToImmutableDictionary(e => e.Key, e => (FieldMapping)e.Value);

    public static void AssertDecoded(DecodeOutcome outcome) => Assert.Equal(DecodeOutcome.Decoded, outcome);

    public string[] Texts(StorefrontEvent e) =>
    [
        .. new[] { e.EventId, e.CustomerId, e.AnonymousId, e.SessionId, e.CartId, e.OrderId, e.ProductId, e.Category }
            .Select(slice => Encoding.UTF8.GetString(Batch.Text(in e, slice))),
    ];

    public List<string> Properties(StorefrontEvent e)
    {
        var texts = new List<string>();
        PropertyReader reader = Batch.Properties(in e);
        while (reader.Read())
        {
            string value = reader.Kind switch
            {
                PropertyKind.Text => Encoding.UTF8.GetString(reader.Text),
                PropertyKind.Boolean => reader.Boolean ? "true" : "false",
                _ => reader.Number.ToString(System.Globalization.CultureInfo.InvariantCulture),
            };
            texts.Add($"{Encoding.UTF8.GetString(reader.Name)}={value}");
        }

        return texts;
    }
}
