using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace StreamSegmenter.Chaos;

/// <summary>The broker of a run: the given one, or the embedded one in a process of its own. Makes the topics, and takes them and
/// the group away at the end where the broker outlives the run.</summary>
internal sealed class ChaosCluster : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);
    private readonly ChaosTopics _topics;
    private readonly IAdminClient? _admin;

    public ChaosCluster(ChaosPlan plan, ChaosTopics topics)
    {
        _topics = topics;
        if (plan.Brokers is null)
        {
            Embedded = new BrokerProcess();
            BootstrapServers = Embedded.BootstrapServers;
            foreach (var topic in topics.All)
            {
                Embedded.CreateTopic(topic, plan.Partitions);
            }

            return;
        }

        BootstrapServers = plan.Brokers;
        _admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers })
            .SetLogHandler((_, _) => { }).Build();
        var wanted = topics.All.Select(topic => new TopicSpecification
        {
            Name = topic,
            NumPartitions = plan.Partitions,
            Configs = topics.Changelogs.Contains(topic) ? new Dictionary<string, string> { ["cleanup.policy"] = "compact" } : null,
        });
        _admin.CreateTopicsAsync(wanted).GetAwaiter().GetResult();
        AwaitTopics(plan.Partitions);
    }

    /// <summary>Null on a broker that was given.</summary>
    public BrokerProcess? Embedded { get; }

    public string BootstrapServers { get; }

    /// <summary>The topics stay when this is disposed of: the only evidence of what went wrong.</summary>
    public bool KeepsTopics { get; set; }

    public void Dispose()
    {
        Embedded?.Dispose();
        if (_admin is null)
        {
            return;
        }

        if (KeepsTopics)
        {
            _admin.Dispose();
            return;
        }

        try
        {
            _admin.DeleteTopicsAsync(_topics.All).GetAwaiter().GetResult();
            _admin.DeleteGroupsAsync([_topics.Group]).GetAwaiter().GetResult();
        }
        catch (KafkaException)
        {
            // A group that still has a member, a broker that is away: they stay, under names that say whose they are.
        }

        _admin.Dispose();
    }

    /// <summary>A topic that was created is not known everywhere at once; and a partition that is known need not be there: until it is, its
    /// leader refuses records, and the client gives them up.</summary>
    private void AwaitTopics(int partitions)
    {
        var ends = _topics.All.SelectMany(topic => Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffsetSpec
        {
            TopicPartition = new TopicPartition(topic, partition), OffsetSpec = OffsetSpec.Latest(),
        })).ToList();
        if (!Waiting.Until(() => AreThere(ends), Timeout, pauseMs: 100))
        {
            throw new TimeoutException($"The topics do not appear at {BootstrapServers}.");
        }
    }

    private bool AreThere(List<TopicPartitionOffsetSpec> ends)
    {
        try
        {
            _admin!.ListOffsetsAsync(ends).GetAwaiter().GetResult();
            return true;
        }
        catch (KafkaException)
        {
            return false;
        }
    }
}
