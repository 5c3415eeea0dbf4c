using System.Buffers;
using System.Text.Json;
using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Connectors.Codecs.Json.Outputs;
using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Tests.Configuration;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Codecs;

/// <summary>A field has one name, in JSON and in Avro; only a time, which is a text there and a long here, has its unit behind it in
/// Avro. That is documented in replay.md.</summary>
public sealed class OutputNamesTests
{
    private static readonly CartAbandoned Trigger =
        new("id", "rule", "version", TriggerKind.Emitted, 1, CartStage.Cart, "c", null, [], null, null, 0, 0, 0, new Dictionary<string, string>());

    private static readonly Dictionary<string, Action<IOutputEncoder, IBufferWriter<byte>>> Outputs = new()
    {
        ["cart-abandoned"] = (encoder, into) => encoder.Encode(Trigger, into),
        ["suppressed-trigger"] = (encoder, into) => encoder.Encode(new SuppressedTrigger(Trigger, SuppressionReason.Holdout), into),
        ["membership-change"] = (encoder, into) => encoder.Encode(new MembershipChange("s", "v", MembershipKind.Entered, "c", 1, 1, []), into),
        ["conversion-pane"] = (encoder, into) =>
            encoder.Encode(new ConversionPane(1, 0, 1, "all", "", 0, 0, 0, 0, 0, 0, [], 0, 0, null, false, false), into),
        ["dead-letter"] = (encoder, into) => encoder.Encode(new DeadLetter("t", 0, 1, "why", default, "v"u8.ToArray()), into),
        ["late-event"] = (encoder, into) => encoder.Encode(new LateEvent("t", 1, 7, "c", "x", 1, 2), into),
    };

    public static TheoryData<string> Schemas => [.. Outputs.Keys];

    [Theory]
    [MemberData(nameof(Schemas))]
    public void Avro_and_JSON_call_a_field_alike(string schema)
    {
        using var avro = JsonDocument.Parse(File.ReadAllText(RepositoryFiles.PathOf($"schemas/{schema}.avsc")));
        using var encoder = new JsonOutputEncoder();
        var written = new ArrayBufferWriter<byte>();
        Outputs[schema](encoder, written);
        using var json = JsonDocument.Parse(written.WrittenMemory);

        var expected = avro.RootElement.GetProperty("fields").EnumerateArray().Select(NameInJson);
        Assert.Equal(expected.Order(StringComparer.Ordinal), json.RootElement.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
    }

    private static string NameInJson(JsonElement field)
    {
        var name = field.GetProperty("name").GetString()!;
        if (!field.GetProperty("type").GetRawText().Contains("timestamp-millis", StringComparison.Ordinal) || name == "trigger")
        {
            return name;
        }

        Assert.EndsWith("Ms", name, StringComparison.Ordinal);
        return name[..^2];
    }
}
