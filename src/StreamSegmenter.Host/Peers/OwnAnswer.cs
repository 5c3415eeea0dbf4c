using System.Text.Json.Serialization;
using StreamSegmenter.Api;
using StreamSegmenter.Engine.Reads;

namespace StreamSegmenter.Host.Peers;

/// <summary>What one instance knows out of its own partitions.</summary>
/// <param name="Partitions">Those that were looked into; no other instance's answer may name one of them.</param>
/// <param name="Trouble">Why it is fewer than the instance owns; null: it is not.</param>
internal sealed record OwnAnswer<T>(IReadOnlyList<int> Partitions, T? Value, string? Trouble = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(OwnAnswer<CustomerReport>))]
[JsonSerializable(typeof(OwnAnswer<MembersAnswer>))]
[JsonSerializable(typeof(OwnAnswer<Dictionary<string, long>>))]
internal sealed partial class PeerJson : JsonSerializerContext;
