using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamSegmenter.Api;

/// <summary>How the API writes: camelCase, times ISO 8601 in UTC, money in minor units; what is unknown is null and never left out.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EngineStatus))]
[JsonSerializable(typeof(IReadOnlyList<ShardStatus>))]
[JsonSerializable(typeof(SegmentList))]
[JsonSerializable(typeof(MemberPage))]
[JsonSerializable(typeof(CustomerReport))]
[JsonSerializable(typeof(ConversionReport))]
[JsonSerializable(typeof(OutputPage<TriggerRecord>))]
[JsonSerializable(typeof(OutputPage<MembershipRecord>))]
[JsonSerializable(typeof(OutputPage<DeadLetterRecord>))]
[JsonSerializable(typeof(RuleList))]
[JsonSerializable(typeof(DefinitionReport))]
[JsonSerializable(typeof(DefinitionVersionList))]
[JsonSerializable(typeof(DefinitionText))]
[JsonSerializable(typeof(DefinitionProposal))]
[JsonSerializable(typeof(ValidationReport))]
[JsonSerializable(typeof(DefinitionPlan))]
[JsonSerializable(typeof(PublicationRequest))]
[JsonSerializable(typeof(Publication))]
[JsonSerializable(typeof(PaneReport))]
[JsonSerializable(typeof(StreamGap))]
public sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>As UTF-8 text is; nothing of it stands inside HTML.</summary>
    public static ApiJson Relaxed { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
