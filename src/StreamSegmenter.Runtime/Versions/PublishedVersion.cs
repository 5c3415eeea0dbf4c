using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace StreamSegmenter.Runtime.Versions;

/// <summary>A version of the definitions as the topic holds it, under its id as the key, so that compaction keeps every version: a replay,
/// and a shard that stands in the past, needs those of then.
/// <code>{"id":"…","effective":"2026-11-27T12:00:00.000Z","published":"…","definitions":{"cartAbandonment":[…],"segments":[…]}}</code></summary>
/// <param name="EffectiveMs">The first instant of event time that it decides, epoch milliseconds.</param>
/// <param name="Definitions">The sections of a configuration, as JSON.</param>
internal sealed record PublishedVersion(string Id, long EffectiveMs, long PublishedMs, string Definitions)
{
    private const int IdBytes = 8;

    /// <summary>A version with a name of its own, made from all that is in it.</summary>
    public static PublishedVersion Create(string definitions, long effectiveMs, long publishedMs)
    {
        var named = string.Create(CultureInfo.InvariantCulture, $"{effectiveMs} {publishedMs} {definitions}");
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(named)).AsSpan(0, IdBytes));
        return new PublishedVersion(id, effectiveMs, publishedMs, definitions);
    }

    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("id", Id);
            json.WriteString("effective", DateTimeOffset.FromUnixTimeMilliseconds(EffectiveMs));
            json.WriteString("published", DateTimeOffset.FromUnixTimeMilliseconds(PublishedMs));
            json.WritePropertyName("definitions");
            json.WriteRawValue(Definitions);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="InvalidDataException">It is no version.</exception>
    public static PublishedVersion Decode(ReadOnlySpan<byte> value)
    {
        try
        {
            var reader = new Utf8JsonReader(value);
            using var json = JsonDocument.ParseValue(ref reader);
            var root = json.RootElement;
            return new PublishedVersion(
                root.GetProperty("id").GetString()!, root.GetProperty("effective").GetDateTimeOffset().ToUnixTimeMilliseconds(),
                root.GetProperty("published").GetDateTimeOffset().ToUnixTimeMilliseconds(), root.GetProperty("definitions").GetRawText());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"a record of the definitions' topic is no version: {e.Message}", e);
        }
    }
}
