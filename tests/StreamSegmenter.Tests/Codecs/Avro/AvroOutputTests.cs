using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using global::Avro;
using StreamSegmenter.Connectors.Codecs.Avro.Binary;
using StreamSegmenter.Connectors.Codecs.Avro.Framing;
using StreamSegmenter.Connectors.Codecs.Avro.Outputs;
using StreamSegmenter.Connectors.Codecs.Avro.Resolution;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;
using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Testing.Runs;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Codecs.Avro;

/// <summary>Holds the output records, their schemas and their encoder together: whoever adds a property to one is told of
/// the others.</summary>
public sealed class AvroOutputTests
{
    private static readonly CartAbandoned Trigger = new(
        "00112233445566778899aabbccddeeff", "abandoned", "0a1b2c3d", TriggerKind.Retracted, 2, CartStage.Checkout, "c\u00fc", "cart-7",
        [new CartLine("sku-1", 2, 1299), new CartLine("", 1, null)], 2598, "EUR", 1_000, 2_000, 1_802_000,
        new Dictionary<string, string> { ["channel"] = "app", ["country"] = "DE" });

    private static readonly ConversionPane Pane = new(
        60_000, 120_000, 180_000, "channel", "app", 99, 10, 9, 8, 7, 6, [new FunnelStep("product_viewed", 9), new FunnelStep("order_completed", 7)],
        7, 12345, "EUR", Final: true, CohortFinal: false)
    { Corrections = 2 };

    public static TheoryData<Enum> Outputs() => [.. Enum.GetValues<OutputKind>()];

    [Theory]
    [MemberData(nameof(Outputs))]
    public void Every_property_of_an_output_is_a_field_of_its_schema_and_comes_back(Enum output)
    {
        foreach (object record in Examples((OutputKind)output))
        {
            using JsonDocument decoded = JsonDocument.Parse(Decode((OutputKind)output, Encode(record)));
            AssertSame(record, decoded.RootElement, ShippedSchemas.Of((OutputKind)output).Record!);
        }
    }

    [Fact]
    public void Every_kind_and_stage_of_a_trigger_has_its_symbol()
    {
        foreach (TriggerKind kind in Enum.GetValues<TriggerKind>())
        {
            foreach (CartStage stage in Enum.GetValues<CartStage>())
            {
                using JsonDocument json = JsonDocument.Parse(Decode(OutputKind.CartAbandoned, Encode(Trigger with { Kind = kind, Stage = stage })));
                Assert.Equal(CamelCase(kind.ToString()), json.RootElement.GetProperty("kind").GetString());
                Assert.Equal(CamelCase(stage.ToString()), json.RootElement.GetProperty("stage").GetString());
            }
        }
    }

    [Fact]
    public void An_output_in_single_object_encoding_names_its_schema_by_fingerprint()
    {
        var buffer = new ArrayBufferWriter<byte>();
        new AvroOutputEncoder(AvroOutputFrames.SingleObject()).Encode(Trigger, buffer);
        Assert.True(AvroFraming.TryReadSingleObject(buffer.WrittenSpan, out ulong fingerprint, out _, out _));
        Assert.Equal(ShippedSchemas.CartAbandoned.Fingerprint, fingerprint);
    }

    [Fact]
    public void Outputs_are_framed_with_the_ids_under_which_a_registry_keeps_their_schemas()
    {
        using var server = new RegistryServer();
        foreach (OutputKind output in Enum.GetValues<OutputKind>())
        {
            server.Answers[$"POST /subjects/{output}-value/versions"] = (200, $$"""{"id":{{100 + (int)output}}}""");
        }

        using var registry = new RegistrySchemaSource(new RegistryOptions(server.Url.ToString()), new ManualTime());
        Assert.True(AvroOutputFrames.TryRegister(registry, output => $"{output}-value", out AvroOutputFrames? frames, out _));

        var buffer = new ArrayBufferWriter<byte>();
        new AvroOutputEncoder(frames!).Encode(Pane, buffer);
        Assert.True(AvroFraming.TryReadConfluent(buffer.WrittenSpan, out int id, out _, out _));
        Assert.Equal(100 + (int)OutputKind.ConversionPane, id);

        server.Answers["POST /subjects/DeadLetter-value/versions"] = (500, "{}");
        using var restarted = new RegistrySchemaSource(new RegistryOptions(server.Url.ToString()), new ManualTime());
        Assert.False(AvroOutputFrames.TryRegister(restarted, output => $"{output}-value", out _, out SchemaRegistration failure));
        Assert.Equal(SchemaOutcome.Unavailable, failure.Outcome);
    }

    private static IEnumerable<object> Examples(OutputKind output) => output switch
    {
        OutputKind.CartAbandoned =>
        [
            Trigger,
            Trigger with { CartId = null, Lines = [], TotalMinor = null, Currency = null, Attributes = new Dictionary<string, string>() },
        ],
        OutputKind.SuppressedTrigger =>
        [
            new SuppressedTrigger(Trigger, SuppressionReason.Holdout),
            new SuppressedTrigger(
                Trigger with { RevenueMinor = 5, RevenueCurrency = "EUR", OrderId = "o1", OrderedAtMs = 9 }, SuppressionReason.Stale),
        ],
        OutputKind.MembershipChange =>
        [
            new MembershipChange(
                "vip", "0a1b2c3d", MembershipKind.Entered, "c1", 5, 5, [new TraitValue("count(order_completed, 90d)", "3")]),
            new MembershipChange("vip", "0a1b2c3d", MembershipKind.Exited, "c1", 9, 5, []),
        ],
        OutputKind.ConversionPane =>
        [
            Pane,
            Pane with { Sessions = 0, SessionsWithCart = 0, Orders = 0, Currency = null, Funnel = [], Final = false, CohortFinal = true },
        ],
        OutputKind.DeadLetter => [new DeadLetter("events", 3, 1L << 40, "bad", new byte[] { 1, 255 }, new byte[] { 0, 128 })],
        _ => [new LateEvent("events", 3, 77, "c1", "product_viewed", 1_700_000_000_000, 1_700_000_100_000)],
    };

    private static byte[] Encode(object record)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var encoder = new AvroOutputEncoder(AvroOutputFrames.None());
        switch (record)
        {
            case CartAbandoned trigger: encoder.Encode(trigger, buffer); break;
            case SuppressedTrigger suppressed: encoder.Encode(suppressed, buffer); break;
            case MembershipChange change: encoder.Encode(change, buffer); break;
            case ConversionPane pane: encoder.Encode(pane, buffer); break;
            case DeadLetter letter: encoder.Encode(letter, buffer); break;
            case LateEvent late: encoder.Encode(late, buffer); break;
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static string Decode(OutputKind output, byte[] encoded)
    {
        AvroSchema schema = ShippedSchemas.Of(output);
        Assert.True(
            AvroJsonSink.TryDecode(AvroText.Decoder(schema, schema), encoded, out string json, out AvroError error),
            error.ToString());
        string text = ApacheAvro.WithoutLogicalTypes(schema.Text);
        AvroText.AssertSameJson(ApacheAvro.JsonOf(ApacheAvro.Decode(text, text, encoded)), json);
        return json;
    }

    /// <summary>Compares a record's public properties with decoded fields, neither more nor fewer.</summary>
    private static void AssertSame(object record, JsonElement json, RecordSchema schema)
    {
        PropertyInfo[] properties = record.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance);
        Assert.Equal(properties.Select(p => CamelCase(p.Name)).Order(), schema.Fields.Select(f => f.Name).Order());
        foreach (PropertyInfo property in properties)
        {
            Schema field = schema.Fields[schema.IndexOf(CamelCase(property.Name))].Schema;
            AssertSame(property.GetValue(record), json.GetProperty(CamelCase(property.Name)), field);
        }
    }

    private static void AssertSame(object? value, JsonElement json, Schema schema)
    {
        switch (value)
        {
            case null:
                Assert.Equal(JsonValueKind.Null, json.ValueKind);
                break;
            case string text:
                Assert.Equal(text, json.GetString());
                break;
            case bool flag:
                Assert.Equal(flag, json.GetBoolean());
                break;
            case double number:
                Assert.Equal(number, json.GetDouble());
                break;
            case int or long:
                Assert.Equal(Convert.ToInt64(value, CultureInfo.InvariantCulture), json.GetInt64());
                break;
            case Enum symbol:
                Assert.Equal(CamelCase(symbol.ToString()), json.GetString());
                break;
            case ReadOnlyMemory<byte> bytes:
                Assert.Equal(System.Text.Encoding.Latin1.GetString(bytes.Span), json.GetString());
                break;
            case IReadOnlyDictionary<string, string> map:
                Assert.Equal(
                    map.OrderBy(e => e.Key),
                    json.EnumerateObject().Select(e => KeyValuePair.Create(e.Name, e.Value.GetString()!)).OrderBy(e => e.Key));
                break;
            case IList items:
                Assert.Equal(items.Count, json.GetArrayLength());
                for (int i = 0; i < items.Count; i++)
                {
                    AssertSame(items[i]!, json[i], (RecordSchema)((ArraySchema)schema).ItemSchema);
                }

                break;
            case CartAbandoned nested when schema is RecordSchema record:
                AssertSame((object)nested, json, record);
                break;
            default:
                Assert.Fail($"a property of type {value.GetType()} is not compared");
                break;
        }
    }

    private static string CamelCase(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
