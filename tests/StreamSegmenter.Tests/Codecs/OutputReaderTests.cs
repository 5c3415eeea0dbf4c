using System.Buffers;
using System.Text.Json;
using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Connectors.Codecs.Avro.Outputs;
using StreamSegmenter.Connectors.Codecs.Json.Outputs;
using StreamSegmenter.Connectors.Codecs.Reading;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Codecs;

public sealed class OutputReaderTests
{
    private static readonly CartAbandoned Trigger = new(
        "0123456789abcdef0123456789abcdef", "left", "89abcdef", TriggerKind.Recovered, 2, CartStage.Checkout, "a\"nn", null,
        [new CartLine("shoe", 2, 2990), new CartLine("", 1, null)], 5980, "EUR", 1_000, 2_000, 3_000,
        new Dictionary<string, string> { ["channel"] = "mail" })
    {
        OrderId = "o-1", OrderedAtMs = 4_000, RevenueMinor = 100, RevenueCurrency = "USD",
    };

    public static TheoryData<string> Encoders => ["json", "single-object", "confluent"];

    [Theory]
    [MemberData(nameof(Encoders))]
    public void What_was_written_is_read_back(string name)
    {
        IOutputEncoder encoder = name switch
        {
            "json" => new JsonOutputEncoder(),
            "single-object" => new AvroOutputEncoder(AvroOutputFrames.SingleObject()),
            _ => new AvroOutputEncoder(AvroOutputFrames.Confluent(_ => 7)),
        };
        var suppressed = new SuppressedTrigger(Trigger with { Kind = TriggerKind.Emitted, OrderedAtMs = null }, SuppressionReason.FrequencyCap);
        var change = new MembershipChange("vip", "89abcdef", MembershipKind.Exited, "ann", 5_000, 1_000, [new TraitValue("did(any)", "")]);

        CheckSame(Trigger, OutputReader.ReadTrigger(Bytes(into => encoder.Encode(Trigger, into))));
        CheckSame(suppressed, OutputReader.ReadSuppressed(Bytes(into => encoder.Encode(suppressed, into))));
        CheckSame(change, OutputReader.ReadMembershipChange(Bytes(into => encoder.Encode(change, into))));
        Assert.Null(OutputReader.ReadTrigger(Bytes(into => encoder.Encode(change, into))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("garbage")]
    public void Anything_else_is_nothing(string text) => Assert.Null(OutputReader.ReadTrigger(System.Text.Encoding.UTF8.GetBytes(text)));

    private static void CheckSame<T>(T expected, T? actual) => Assert.Equal(JsonSerializer.Serialize(expected), JsonSerializer.Serialize(actual));

    private static byte[] Bytes(Action<IBufferWriter<byte>> encode)
    {
        var bytes = new ArrayBufferWriter<byte>();
        encode(bytes);
        return bytes.WrittenSpan.ToArray();
    }
}
