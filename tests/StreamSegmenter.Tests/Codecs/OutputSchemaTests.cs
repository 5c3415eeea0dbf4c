using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Connectors.Codecs.Json.Outputs;
using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Testing.Checks;
using StreamSegmenter.Tests.Commands;
using StreamSegmenter.Tests.Configuration;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Codecs;

/// <summary>schemas/outputs describes what the engine writes: every variant, and all that a replay of a shop's traffic gives.</summary>
public sealed class OutputSchemaTests
{
    private static readonly OutputSchemas Schemas = new(RepositoryFiles.PathOf("schemas/outputs"));

    private static readonly CartAbandoned Trigger = new(
        "0123456789abcdef0123456789abcdef", "left", "89abcdef", TriggerKind.Emitted, 1, CartStage.Cart, "a\"nn\n", "cart", [new CartLine("shoe", 2, 2990)],
        5980, "EUR", 1_000, 2_000, 3_000, new Dictionary<string, string> { ["channel"] = "mail" });

    [Fact]
    public void Every_variant_of_every_output_is_described()
    {
        var triggers = new List<CartAbandoned>();
        foreach (var stage in Enum.GetValues<CartStage>())
        {
            triggers.Add(Trigger with { Stage = stage });
            triggers.Add(Trigger with { Stage = stage, CartId = null, Lines = [new CartLine("", 1, null)], TotalMinor = null, Currency = null });
            triggers.Add(Trigger with { Stage = stage, Kind = TriggerKind.Retracted, OrderId = "o", OrderedAtMs = 5_000 });
            triggers.Add(Trigger with { Stage = stage, Kind = TriggerKind.Recovered, OrderId = null, OrderedAtMs = 5_000, RevenueMinor = -5, RevenueCurrency = "USD" });
        }

        AssertFine("cart-abandonment", triggers.Select(trigger => Json((encoder, into) => encoder.Encode(trigger, into))));
        AssertFine("suppressed-triggers", Enum.GetValues<SuppressionReason>().SelectMany(reason => triggers.Select(
            trigger => Json((encoder, into) => encoder.Encode(new SuppressedTrigger(trigger, reason), into)))));
        AssertFine("segment-membership", Enum.GetValues<MembershipKind>().Select(kind => Json((encoder, into) => encoder.Encode(
            new MembershipChange("vip", "89abcdef", kind, "ann", 5_000, -1_000, [new TraitValue("did(any)", "")]), into))));
        AssertFine("conversion-metrics",
        [
            Json((encoder, into) => encoder.Encode(new ConversionPane(1, 0, 1, "all", "", 0, 0, 0, 0, 0, 0, [], 0, 0, null, false, false), into)),
            Json((encoder, into) => encoder.Encode(
                new ConversionPane(60_000, 0, 60_000, "device", "phone", 3, 2, 2, 1, 1, 1, [new FunnelStep("order_completed", 1)], 1, 995, "EUR", true, true), into)),
        ]);
        byte[][] bytes = [[], [97], [0xff]];
        AssertFine("dead-letters", bytes.SelectMany(key => bytes.SelectMany(value => Enum.GetValues<DeadLetterKind>().SelectMany(kind => ((string?[])[null, "ann"]).Select(
            customer => Json((encoder, into) => encoder.Encode(new DeadLetter("t", 0, 1, "why", key, value) { Kind = kind, CustomerId = customer }, into)))))));
        AssertFine("late-events", [Json((encoder, into) => encoder.Encode(new LateEvent("t", 1, 7, "c", "x", 1, 2), into))]);
        Assert.Equal(6, Schemas.Names.Count);
    }

    [Fact]
    public void A_record_that_differs_by_a_field_is_seen()
    {
        foreach (var (output, record) in ((string, string)[])
            [
                ("cart-abandonment", Json((encoder, into) => encoder.Encode(Trigger, into))),
                ("suppressed-triggers", Json((encoder, into) => encoder.Encode(new SuppressedTrigger(Trigger, SuppressionReason.Stale), into))),
                ("segment-membership", Json((encoder, into) => encoder.Encode(new MembershipChange("s", "89abcdef", MembershipKind.Entered, "c", 1, 1, []), into))),
                ("conversion-metrics", Json((encoder, into) => encoder.Encode(new ConversionPane(1, 0, 1, "all", "", 0, 0, 0, 0, 0, 0, [], 0, 0, null, false, false), into))),
                ("dead-letters", Json((encoder, into) => encoder.Encode(new DeadLetter("t", 0, 1, "why", default, "v"u8.ToArray()), into))),
                ("late-events", Json((encoder, into) => encoder.Encode(new LateEvent("t", 1, 7, "c", "x", 1, 2), into))),
            ])
        {
            Assert.Empty(Schemas.Check(output, record));
            var names = JsonNode.Parse(record)!.AsObject().Select(field => field.Key).ToArray();
            foreach (var name in names)
            {
                var without = JsonNode.Parse(record)!.AsObject();
                without.Remove(name);
                Assert.True(Schemas.Check(output, without.ToJsonString()).Count > 0, $"{output} without {name}");
                var other = JsonNode.Parse(record)!.AsObject();
                other[name] = new JsonObject { ["no"] = 1 };
                Assert.True(Schemas.Check(output, other.ToJsonString()).Count > 0, $"{output} with another {name}");
            }

            var more = JsonNode.Parse(record)!.AsObject();
            more["more"] = 1;
            Assert.True(Schemas.Check(output, more.ToJsonString()).Count > 0, $"{output} with more");
        }
    }

    [Fact]
    public async Task What_a_replay_of_a_shop_writes_is_described()
    {
        using var cli = new Cli();
        Assert.Equal(0, await cli.RunAsync(
            "generate", "--for", "8h", "--rate", "5", "--sessions", "60", "--customers", "300", "--out", cli.PathOf("events.jsonl")));
        File.AppendAllText(cli.PathOf("events.jsonl"), """
            no record at all
            {"event_type":"product_viewed","event_time":"2026-01-01T00:00:01Z","customer_id":"late","product_id":"p"}
            {"event_type":"product_added","event_time":"2026-01-01T08:00:00Z","customer_id":"half","product_id":"p","quantity":"many","price":"1.00"}

            """);
        cli.Write("shop.yaml", """
            inputs: [{ file: events.jsonl }]
            currency: EUR
            cartAbandonment:
              - { id: forgotten, steps: [20m, 1h], minTotal: 50.00, notInSegment: buyer, reentry: at-once }
              - { id: held, after: 15m, reentry: at-once, holdout: 50% }
              - { id: browsed, after: 30m, stage: browse, reentry: never }
            segments:
              - { id: buyer, when: "did(order_completed, 2h)" }
              - { id: browser, when: "count(product_viewed, 1h) >= 5" }
            conversions: { windows: [1h], dimensions: [device], funnel: [product_viewed, product_added, order_completed] }
            """);
        Assert.True(await cli.RunAsync("replay", "--config", cli.PathOf("shop.yaml"), "--out", cli.PathOf("out")) == 0, cli.Error);
        foreach (var output in Schemas.Names)
        {
            var lines = File.ReadAllLines(cli.PathOf($"out/{output}.jsonl"));
            Assert.True(lines.Length > 0, $"{output}: the replay wrote none");
            AssertFine(output, lines);
        }

        var kinds = File.ReadAllText(cli.PathOf("out/cart-abandonment.jsonl"));
        Assert.All((string[])["\"kind\":\"emitted\"", "\"kind\":\"recovered\""], kind => Assert.Contains(kind, kinds, StringComparison.Ordinal));
        Assert.Contains("\"kind\":\"partial\"", File.ReadAllText(cli.PathOf("out/dead-letters.jsonl")), StringComparison.Ordinal);
    }

    private static void AssertFine(string output, IEnumerable<string> records) => Assert.Empty(records.SelectMany(record => Schemas.Check(output, record)).Take(5));

    private static string Json(Action<IOutputEncoder, IBufferWriter<byte>> encode)
    {
        using var encoder = new JsonOutputEncoder();
        var written = new ArrayBufferWriter<byte>();
        encode(encoder, written);
        return Encoding.UTF8.GetString(written.WrittenSpan);
    }
}
