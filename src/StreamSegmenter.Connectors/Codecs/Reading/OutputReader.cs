using System.Text;
using System.Text.Json;
using StreamSegmenter.Connectors.Codecs.Avro.Framing;
using StreamSegmenter.Connectors.Codecs.Avro.Outputs;
using StreamSegmenter.Connectors.Codecs.Avro.Resolution;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Connectors.Codecs.Reading;

/// <summary>Reads the engine's output about customers back: the values that an <see cref="IOutputEncoder"/> wrote, JSON or Avro in
/// either framing, whichever they are. A value in Confluent framing is taken to be of the shipped schema.</summary>
internal static class OutputReader
{
    /// <returns>Null for a value that is not one of these.</returns>
    public static CartAbandoned? ReadTrigger(ReadOnlySpan<byte> value) => Read(OutputKind.CartAbandoned, value, TriggerOf);

    /// <returns>Null for a value that is not one of these.</returns>
    public static SuppressedTrigger? ReadSuppressed(ReadOnlySpan<byte> value) => Read(
        OutputKind.SuppressedTrigger, value, json =>
            new SuppressedTrigger(TriggerOf(json.GetProperty("trigger")), EnumOf<SuppressionReason>(json, "reason")));

    /// <returns>Null for a value that is not one of these.</returns>
    public static MembershipChange? ReadMembershipChange(ReadOnlySpan<byte> value) => Read(
        OutputKind.MembershipChange, value, json => new MembershipChange(
            Text(json, "segment"), Text(json, "definitionVersion"), EnumOf<MembershipKind>(json, "kind"), Text(json, "customerId"),
            TimeOf(json, "at") ?? 0, TimeOf(json, "since") ?? 0,
            [.. json.GetProperty("traits").EnumerateArray().Select(trait => new TraitValue(Text(trait, "trait"), Text(trait, "value")))]));

    /// <returns>Null for a value that is not one of these.</returns>
    public static ConversionPane? ReadPane(ReadOnlySpan<byte> value) => Read(OutputKind.ConversionPane, value, PaneOf);

    /// <returns>Null for a value that is not one of these.</returns>
    public static DeadLetter? ReadDeadLetter(ReadOnlySpan<byte> value) => Read(
        OutputKind.DeadLetter, value, json => new DeadLetter(
            Text(json, "source"), json.GetProperty("partition").GetInt32(), json.GetProperty("offset").GetInt64(), Text(json, "reason"),
            BytesOf(json, "key"), BytesOf(json, "value"))
        {
            Kind = EnumOf<DeadLetterKind>(json, "kind"),
            CustomerId = TextOrNull(json, "customerId"),
        });

    private static T? Read<T>(OutputKind kind, ReadOnlySpan<byte> value, Func<JsonElement, T> parse)
        where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(value is [(byte)'{', ..] ? Encoding.UTF8.GetString(value) : JsonOfAvro(kind, value));
            return parse(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static string JsonOfAvro(OutputKind kind, ReadOnlySpan<byte> value)
    {
        var schema = ShippedSchemas.Of(kind);
        var isFramed = AvroFraming.TryReadSingleObject(value, out var fingerprint, out var payload, out _)
            ? fingerprint == schema.Fingerprint
            : AvroFraming.TryReadConfluent(value, out _, out payload, out _);
        return isFramed && AvroDecoder.TryCompile(schema, out var decoder, out _)
            && AvroJsonSink.TryDecode(decoder!, payload, out var json, out _) ? json : "";
    }

    private static CartAbandoned TriggerOf(JsonElement json) => new(
        Text(json, "triggerId"), Text(json, "rule"), Text(json, "ruleVersion"), EnumOf<TriggerKind>(json, "kind"),
        json.GetProperty("step").GetInt32(), EnumOf<CartStage>(json, "stage"), Text(json, "customerId"), TextOrNull(json, "cartId"),
        [.. json.GetProperty("lines").EnumerateArray().Select(line =>
            new CartLine(Text(line, "productId"), line.GetProperty("quantity").GetInt32(), NumberOrNull(line, "priceMinor")))],
        NumberOrNull(json, "totalMinor"), TextOrNull(json, "currency"), TimeOf(json, "cartCreatedAt") ?? 0,
        TimeOf(json, "lastActivityAt") ?? 0, TimeOf(json, "firedAt") ?? 0,
        json.GetProperty("attributes").EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString() ?? ""))
    {
        OrderId = TextOrNull(json, "orderId"),
        OrderedAtMs = TimeOf(json, "orderedAt"),
        RevenueMinor = NumberOrNull(json, "revenueMinor"),
        RevenueCurrency = TextOrNull(json, "revenueCurrency"),
    };

    private static ConversionPane PaneOf(JsonElement json) => new(
        Number(json, "windowMs"), TimeOf(json, "start") ?? 0, TimeOf(json, "end") ?? 0, Text(json, "dimension"), Text(json, "value"), Number(json, "events"),
        Number(json, "visitors"), Number(json, "sessions"), Number(json, "sessionsWithCart"), Number(json, "sessionsWithOrder"),
        Number(json, "sessionsWithCartAndOrder"),
        [.. json.GetProperty("funnel").EnumerateArray().Select(step => new FunnelStep(Text(step, "step"), Number(step, "sessions")))],
        Number(json, "orders"), Number(json, "revenueMinor"), TextOrNull(json, "currency"), json.GetProperty("final").GetBoolean(),
        json.GetProperty("cohortFinal").GetBoolean())
    {
        OrdersWithoutValue = Number(json, "ordersWithoutValue"),
        RefundedMinor = Number(json, "refundedMinor"),
        Corrections = (int)Number(json, "corrections"),
        Window = Text(json, "window"),
        Customers = Number(json, "customers"),
        NewCustomers = Number(json, "newCustomers"),
        RepeatCustomers = Number(json, "repeatCustomers"),
    };

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();

    private static byte[] BytesOf(JsonElement json, string name) =>
        json.TryGetProperty(name + "Base64", out var base64) ? base64.GetBytesFromBase64()
        : json.TryGetProperty(name, out var text) && text.GetString() is { } known ? Encoding.UTF8.GetBytes(known) : [];

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? "";

    private static string? TextOrNull(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static long? NumberOrNull(JsonElement json, string name) =>
        json.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetInt64() : null;

    private static T EnumOf<T>(JsonElement json, string name)
        where T : struct, Enum => Enum.Parse<T>(Text(json, name), ignoreCase: true);

    /// <summary>JSON has <c>firedAt</c> in ISO 8601, Avro <c>firedAtMs</c> in milliseconds.</summary>
    private static long? TimeOf(JsonElement json, string name)
    {
        if (json.TryGetProperty(name, out var text))
        {
            return text.GetString() is not { } iso ? null
                : EventTimeText.TryParse(Encoding.UTF8.GetBytes(iso), TimeFormat.Iso8601, out var timeMs) ? timeMs
                : throw new FormatException($"'{iso}' is no time.");
        }

        return NumberOrNull(json, name + "Ms");
    }
}
