using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Versions;

namespace StreamSegmenter.Host.Versions;

/// <summary>Looks through the topic of the definitions.</summary>
internal static class PublishedVersions
{
    /// <summary>The version that was published last; null: none.</summary>
    public static PublishedVersion? Last(TopicScan scan, string topic, CancellationToken cancellation) =>
        Read(scan, topic, cancellation).LastOrDefault();

    /// <summary>The version of that id, in this configuration.</summary>
    /// <exception cref="CommandFailure">It is not there, or cannot be used.</exception>
    public static DefinitionVersion Find(
        StreamSegmenterConfiguration configuration, TopicScan scan, KafkaSettings settings, string id, CancellationToken cancellation)
    {
        if (settings.Outputs.Definitions is not { } topic)
        {
            throw new CommandFailure(
                $"the customer is under version {id} of the definitions, and the configuration names no topic for them: set outputs.topics.definitions");
        }

        var found = Read(scan, topic, cancellation).Find(version => version.Id == id)
            ?? throw new CommandFailure($"the customer is under version {id} of the definitions, which '{topic}' does not hold");
        return new VersionCompiler(configuration).Compile(found, out var errors)
            ?? throw new CommandFailure($"the customer is under version {id} of the definitions, which cannot be used here: {string.Join("; ", errors)}");
    }

    private static List<PublishedVersion> Read(TopicScan scan, string topic, CancellationToken cancellation)
    {
        var versions = new List<PublishedVersion>();
        scan.Read(topic, partition => new Reader(partition == CompactedTopicReader.Partition ? versions : []), _ => { }, cancellation);
        return versions;
    }

    private sealed class Reader(List<PublishedVersion> versions) : IRestoreTarget
    {
        public void Apply(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            if (!value.IsEmpty)
            {
                versions.Add(PublishedVersion.Decode(value));
            }
        }
    }
}
