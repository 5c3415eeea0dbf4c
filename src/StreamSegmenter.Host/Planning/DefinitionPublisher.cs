using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Running;
using StreamSegmenter.Host.Versions;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Versions;

namespace StreamSegmenter.Host.Planning;

internal enum PublishStatus
{
    Published,

    /// <summary>The version before decides alike: nothing was written.</summary>
    SaysTheSame,

    /// <summary>Its instant is not after that of the version before: nothing was written.</summary>
    IsTooEarly,

    /// <summary>Its author did not know the version before: nothing was written.</summary>
    IsOvertaken,
}

/// <param name="Version">That was written.</param>
/// <param name="Before">The version before; null: the first.</param>
internal sealed record PublishResult(PublishStatus Status, PublishedVersion Version, PublishedVersion? Before);

/// <summary>Writes a configuration's segments and rules as a new version, which all instances take over at one instant.</summary>
internal static class DefinitionPublisher
{
    /// <summary>Longer than instances take to read it and shards lag behind the clock, shorter than anybody wants to wait.</summary>
    public const long LeadMs = 10_000;

    /// <summary>Why nothing can be published with this configuration; null: it can.</summary>
    public static string? WhyNot(StreamSegmenterConfiguration configuration) => configuration.Outputs.Topics.Definitions is null
        ? "the configuration names no topic for definitions: set outputs.topics.definitions, here and for all instances, and restart them once"
        : null;

    /// <param name="basedOn">The version that the author knew as the newest; null: whichever it is.</param>
    /// <exception cref="CommandFailure">The topics do not fit, or no broker answers.</exception>
    /// <exception cref="KafkaLaneException">The brokers did not take it.</exception>
    public static async Task<PublishResult> PublishAsync(
        StreamSegmenterConfiguration configuration, long? effectiveMs, string? basedOn, TimeProvider clock, CancellationToken cancellation)
    {
        var topic = configuration.Outputs.Topics.Definitions!;
        var kafka = CheckedKafka.ToWrite(configuration, out _);
        var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var version = PublishedVersion.Create(configuration.DefinitionsJson, effectiveMs ?? (nowMs + LeadMs), nowMs);
        var last = PublishedVersions.Last(new TopicScan(kafka), topic, cancellation);
        if (last is not null)
        {
            var status = basedOn is not null && basedOn != last.Id ? PublishStatus.IsOvertaken
                : SayTheSame(configuration, last) ? PublishStatus.SaysTheSame
                : version.EffectiveMs <= last.EffectiveMs ? PublishStatus.IsTooEarly
                : PublishStatus.Published;
            if (status != PublishStatus.Published)
            {
                return new PublishResult(status, version, last);
            }
        }

        await DefinitionWriter.WriteAsync(kafka, topic, version.Id, version.Encode(), cancellation);
        return new PublishResult(PublishStatus.Published, version, last);
    }

    private static bool SayTheSame(StreamSegmenterConfiguration configuration, PublishedVersion last) =>
        new VersionCompiler(configuration).Compile(last, out _) is { } compiled
        && compiled.SaysTheSameAs(DefinitionVersion.OfFile(configuration.Definitions, configuration.Segments));
}
