using System.Buffers;
using System.Text;
using System.Text.Json;
using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Connectors.Codecs.Json.Outputs;
using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Codecs.Json;

/// <summary>The written form is a contract with whoever reads the files and topics; hence byte by byte.</summary>
public sealed class JsonOutputEncoderTests
{
    private const long Ten = 1_659_348_000_000;

    private static readonly CartAbandoned Trigger = new(
        "0123456789abcdef0123456789abcdef", "abandoned-cart", "89abcdef", TriggerKind.Emitted, 1, CartStage.Checkout, "Jürgen \"J\"", "k1",
        [new CartLine("p1", 2, 3579), new CartLine("", 1, null)], 7158, "EUR", Ten - 60_000, Ten - 30_000, Ten,
        new Dictionary<string, string> { ["device"] = "phone", ["channel"] = "email" });

    [Fact]
    public void A_trigger_is_written_with_its_cart() => Assert.Equal(
        OneLine("""
            {"triggerId":"0123456789abcdef0123456789abcdef","rule":"abandoned-cart","ruleVersion":"89abcdef","kind":"emitted","step":1,
            "stage":"checkout","customerId":"Jürgen \"J\"","cartId":"k1","lines":[{"productId":"p1","quantity":2,"priceMinor":3579},
            {"productId":"","quantity":1,"priceMinor":null}],"totalMinor":7158,"currency":"EUR","cartCreatedAt":"2022-08-01T09:59:00.000Z",
            "cartAgeMs":60000,"lastActivityAt":"2022-08-01T09:59:30.000Z","firedAt":"2022-08-01T10:00:00.000Z",
            "attributes":{"channel":"email","device":"phone"},"orderId":null,"orderedAt":null,"revenueMinor":null,"revenueCurrency":null}
            """),
        Write((encoder, into) => encoder.Encode(Trigger, into)));

    [Fact]
    public void What_a_trigger_does_not_know_is_null()
    {
        var bare = Trigger with { CartId = null, TotalMinor = null, Currency = null, Lines = [], Kind = TriggerKind.Retracted, Stage = CartStage.Cart };

        var json = Write((encoder, into) => encoder.Encode(bare, into));

        Assert.Contains("""
            "kind":"retracted","step":1,"stage":"cart","customerId":"Jürgen \"J\"","cartId":null,"lines":[],"totalMinor":null,"currency":null
            """, json, StringComparison.Ordinal);
    }

    [Fact]
    public void A_membership_change_is_written_with_the_traits_it_was_decided_on()
    {
        var change = new MembershipChange("vip", "89abcdef", MembershipKind.Exited, "c1", Ten + 1, Ten, [new TraitValue("count(order_completed, 90d)", "3")]);

        Assert.Equal(
            OneLine("""
                {"segment":"vip","definitionVersion":"89abcdef","kind":"exited","customerId":"c1","at":"2022-08-01T10:00:00.001Z",
                "since":"2022-08-01T10:00:00.000Z","traits":[{"trait":"count(order_completed, 90d)","value":"3"}]}
                """),
            Write((encoder, into) => encoder.Encode(change, into)));
    }

    [Fact]
    public void A_pane_is_written_with_its_rates()
    {
        var pane = new ConversionPane(
            3_600_000, Ten, Ten + 3_600_000, "channel", "email", 77, 9, 10, 4, 3, 1, [new FunnelStep("cart", 4), new FunnelStep("order", 3)],
            3, 10_000, "EUR", true, false);

        Assert.Equal(
            OneLine("""
                {"window":"1h","windowMs":3600000,"start":"2022-08-01T10:00:00.000Z","end":"2022-08-01T11:00:00.000Z","dimension":"channel",
                "value":"email","events":77,"visitors":9,"sessions":10,"sessionsWithCart":4,"sessionsWithOrder":3,"sessionsWithCartAndOrder":1,
                "funnel":[{"step":"cart","sessions":4},{"step":"order","sessions":3}],"orders":3,"ordersWithoutValue":0,"revenueMinor":10000,"refundedMinor":0,"netMinor":10000,"currency":"EUR",
                "customers":0,"newCustomers":0,"returningCustomers":0,"repeatCustomers":0,"repeatPurchaseRate":null,
                "conversionRate":0.3,"cartAbandonmentRate":0.75,"averageOrderValueMinor":3333.3333333333335,"final":true,"cohortFinal":false,"corrections":0}
                """),
            Write((encoder, into) => encoder.Encode(pane, into)));
    }

    [Fact]
    public void A_pane_without_sessions_has_no_rates()
    {
        var pane = new ConversionPane(1, 0, 1, "all", "", 0, 0, 0, 0, 0, 0, [], 0, 0, null, false, false);

        Assert.Contains("""
            "funnel":[],"orders":0,"ordersWithoutValue":0,"revenueMinor":0,"refundedMinor":0,"netMinor":0,"currency":null,"customers":0,"newCustomers":0,"returningCustomers":0,"repeatCustomers":0,"repeatPurchaseRate":null,"conversionRate":null,"cartAbandonmentRate":null,"averageOrderValueMinor":null
            """, Write((encoder, into) => encoder.Encode(pane, into)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_dead_letter_holds_text_as_text()
    {
        var letter = new DeadLetter("clicks", 0, 84476, "line is cut off", default, "a,\"b\"\n\u0001é"u8.ToArray());

        Assert.Equal(
            """{"source":"clicks","partition":0,"offset":84476,"kind":"refused","reason":"line is cut off","customerId":null,"key":null,"value":"a,\"b\"\n\u0001é"}""",
            Write((encoder, into) => encoder.Encode(letter, into)));
    }

    [Fact]
    public void A_dead_letter_holds_other_bytes_in_base64()
    {
        var letter = new DeadLetter("clicks", 3, 1, "no schema", new byte[] { 0xFF }, new byte[] { 0, 0xC3, 0x28 });

        Assert.Equal(
            """{"source":"clicks","partition":3,"offset":1,"kind":"refused","reason":"no schema","customerId":null,"keyBase64":"/w==","valueBase64":"AMMo"}""",
            Write((encoder, into) => encoder.Encode(letter, into)));
    }

    [Fact]
    public void A_late_event_is_written_with_the_watermark_it_missed()
    {
        var late = new LateEvent("clicks", 1, 7, "c1", "product_viewed", Ten, long.MaxValue);

        Assert.Equal(
            OneLine("""
                {"source":"clicks","partition":1,"offset":7,"customerId":"c1","eventType":"product_viewed",
                "eventTime":"2022-08-01T10:00:00.000Z","watermark":"9999-12-31T23:59:59.999Z"}
                """),
            Write((encoder, into) => encoder.Encode(late, into)));
    }

    [Fact]
    public void Hostile_texts_stay_valid_JSON_that_reads_back_the_same()
    {
        var random = new Random(11);
        for (var round = 0; round < 2000; round++)
        {
            var bytes = new byte[random.Next(1, 60)];
            random.NextBytes(bytes);
            var text = Encoding.UTF8.GetString(bytes);
            var letter = new DeadLetter(text, 0, 0, text, default, Encoding.UTF8.GetBytes(text));

            using var json = JsonDocument.Parse(Write((encoder, into) => encoder.Encode(letter, into)));

            Assert.Equal(text, json.RootElement.GetProperty("reason").GetString());
            Assert.Equal(text, json.RootElement.GetProperty("value").GetString());
        }
    }

    [Fact]
    public void Only_a_first_use_allocates_to_write_a_late_event()
    {
        using var encoder = new JsonOutputEncoder();
        var into = new ArrayBufferWriter<byte>(4096);
        var late = new LateEvent("clicks", 1, 7, "c1", "product_viewed", Ten, Ten);
        // The least of the rounds: what the runtime allocates for itself (a method compiled anew) falls into some of them, a
        // decoder's own into all.
        var least = long.MaxValue;
        for (var round = 0; round < 300; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            into.ResetWrittenCount();
            encoder.Encode(late, into);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    private static string OneLine(string lines) => lines.ReplaceLineEndings("");

    private static string Write(Action<IOutputEncoder, IBufferWriter<byte>> encode)
    {
        using var encoder = new JsonOutputEncoder();
        var into = new ArrayBufferWriter<byte>();
        encode(encoder, into);
        return Encoding.UTF8.GetString(into.WrittenSpan);
    }
}
