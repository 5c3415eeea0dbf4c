using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace StreamSegmenter.Integration;

/// <summary>Makes topics on a real broker, and makes them again: what was asked for is seen before it returns.</summary>
internal static class RealTopics
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static void Make(string bootstrapServers, string topic, int partitions, Dictionary<string, string> configs)
    {
        using var admin = Admin(bootstrapServers);
        Make(admin, topic, partitions, configs);
    }

    /// <summary>Deletes the topic and makes an empty one of its name, compacted.</summary>
    public static void MakeAgain(string bootstrapServers, string topic, int partitions)
    {
        using var admin = Admin(bootstrapServers);
        admin.DeleteTopicsAsync([topic]).GetAwaiter().GetResult();
        Wait.Until(() => Partitions(admin, topic) == 0, Patience, () => $"topic '{topic}' does not go");
        Make(admin, topic, partitions, new() { ["cleanup.policy"] = "compact" });
    }

    private static IAdminClient Admin(string bootstrapServers) =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).Build();

    private static void Make(IAdminClient admin, string topic, int partitions, Dictionary<string, string> configs)
    {
        admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions, Configs = configs }]).GetAwaiter().GetResult();
        Wait.Until(() => Partitions(admin, topic) == partitions, Patience, () => $"topic '{topic}' does not appear");
    }

    private static int Partitions(IAdminClient admin, string topic) =>
        admin.GetMetadata(Patience).Topics.Find(it => it.Topic == topic) is { Error.IsError: false } known ? known.Partitions.Count : 0;
}
