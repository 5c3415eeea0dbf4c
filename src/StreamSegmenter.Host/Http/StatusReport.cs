using System.Text.Json.Serialization;
using StreamSegmenter.Engine.Telemetry;

namespace StreamSegmenter.Host.Http;

/// <summary>The body of <c>/healthz</c> and <c>/readyz</c>.</summary>
/// <param name="Status"><c>ok</c>, or <c>unavailable</c> beside the status code 503.</param>
internal sealed record StatusReport(string Status, IReadOnlyList<ComponentReport> Components)
{
    public static StatusReport Of(bool ok, IEnumerable<ComponentState> components) =>
        new(ok ? "ok" : "unavailable", [.. components.Select(state => new ComponentReport(state.Component, state.Ready, state.Reason))]);
}

internal sealed record ComponentReport(string Component, bool Ok, string? Reason);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StatusReport))]
internal sealed partial class StatusJson : JsonSerializerContext;
