using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamSegmenter.Host.Peers;

/// <summary>What an instance announces of itself, under its endpoint as the key, so that compaction keeps one record of each.</summary>
/// <param name="Instance">Of this start of the process.</param>
internal sealed record Announcement(string Instance, string Group, string Endpoint)
{
    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, AnnouncementJson.Default.Announcement);

    /// <summary>Null: it is none, as a newer program may write another.</summary>
    public static Announcement? Decode(ReadOnlySpan<byte> value)
    {
        try
        {
            var read = JsonSerializer.Deserialize(value, AnnouncementJson.Default.Announcement);
            return Uri.TryCreate(read?.Endpoint, UriKind.Absolute, out var endpoint) && endpoint.Scheme is "http" or "https" ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Announcement))]
internal sealed partial class AnnouncementJson : JsonSerializerContext;
