using Confluent.Kafka;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Looks through whole topics: every partition from its start to the end that it has at that moment, committed records
/// only. Joins no group, commits and writes nothing, so it disturbs no running engine.</summary>
internal sealed class TopicScan(KafkaSettings settings)
{
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Partition after partition; a topic that does not exist has no records. Of the changelog, what a restore would
    /// apply.</summary>
    /// <exception cref="KafkaLaneException">No broker answers, or records are damaged.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Read(string topic, IRestoreTarget target, CancellationToken cancellation) => Read(topic, _ => target, _ => { }, cancellation);

    /// <summary>The same, with a target for each partition.</summary>
    /// <param name="targetOf">Asked before a partition is read.</param>
    /// <param name="read">Told once it was.</param>
    public void Read(string topic, Func<int, IRestoreTarget> targetOf, Action<int> read, CancellationToken cancellation)
    {
        using var reader = new ChangelogReader(settings, topic, 0, new ConnectionStatus(), watch: null, open: null, log: null);
        foreach (var partition in PartitionsOf(topic))
        {
            reader.Restore(partition, 0, targetOf(partition), cancellation);
            read(partition);
        }
    }

    private List<int> PartitionsOf(string topic)
    {
        using var admin = new AdminClientBuilder(ClientConfigs.Admin(settings))
            .SetErrorHandler((_, _) => { })
            .SetLogHandler((_, _) => { })
            .Build();
        try
        {
            // All topics at once: to ask for one by name would create it on a broker that creates topics by itself.
            return [.. admin.GetMetadata(MetadataTimeout).Topics.Where(known => known.Topic == topic && !known.Error.IsError)
                .SelectMany(known => known.Partitions).Select(partition => partition.PartitionId).Order()];
        }
        catch (KafkaException e)
        {
            throw new KafkaLaneException($"kafka: no broker of '{settings.BootstrapServers}' answers: {ErrorText.Of(e.Error)}.", e);
        }
    }
}
