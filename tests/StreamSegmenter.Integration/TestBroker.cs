using System.Text;
using Confluent.Kafka;
using StreamSegmenter.Chaos;
using StreamSegmenter.Connectors.Kafka;

namespace StreamSegmenter.Integration;

/// <summary>The broker that a test talks to: an embedded one of its own, or that of <c>STREAMSEGMENTER_TEST_BROKERS</c>. Topic
/// and group names are unique, so tests do not meet on a shared broker.</summary>
internal sealed class TestBroker : IDisposable
{
    public const string Variable = "STREAMSEGMENTER_TEST_BROKERS";
    private readonly string _suffix = Guid.NewGuid().ToString("N")[..8];

    /// <param name="brokers">Of the embedded cluster.</param>
    public TestBroker(int brokers = 1)
    {
        var given = Given;
        Embedded = given is null ? EmbeddedBroker.Start(rebalanceDelayMs: 50, brokers) : null;
        BootstrapServers = Embedded?.BootstrapServers ?? given!;
    }

    private static string? Given => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? given : null;

    /// <summary>Null on a real broker.</summary>
    public EmbeddedBroker? Embedded { get; }

    public string BootstrapServers { get; }

    /// <summary>Skips the running test, which only a real broker can answer, where there is none.</summary>
    public static void RequireReal() => Assert.SkipWhen(Given is null, $"Needs a real broker: set {Variable}=host:port.");

    /// <summary>Skips the running test, which steers the embedded broker, on a real one.</summary>
    public static void RequireEmbedded() => Assert.SkipUnless(Given is null, $"Steers the embedded broker: unset {Variable}.");

    public string Name(string name) => $"{name}-{_suffix}";

    /// <summary>Creates a topic and returns its full name.</summary>
    /// <param name="configs">The embedded broker knows none.</param>
    public string CreateTopic(string name, int partitions, params (string Name, string Value)[] configs)
    {
        var topic = Name(name);
        if (Embedded is not null)
        {
            Embedded.CreateTopic(topic, partitions);
            return topic;
        }

        RealTopics.Make(BootstrapServers, topic, partitions, configs.ToDictionary(config => config.Name, config => config.Value));
        return topic;
    }

    /// <summary>Settings over topics made for them: the given inputs and all outputs, each with that many partitions.</summary>
    public KafkaSettings Settings(int partitions, params string[] inputs)
    {
        var outputs = new KafkaOutputs(
            CreateTopic("triggers", partitions), CreateTopic("memberships", partitions), CreateTopic("metrics", partitions),
            CreateTopic("dead", partitions), CreateTopic("late", partitions),
            CreateTopic("changelog", partitions, ("cleanup.policy", "compact")))
        {
            SuppressedTriggers = CreateTopic("suppressed", partitions),
        };
        return new KafkaSettings
        {
            BootstrapServers = BootstrapServers,
            GroupId = Name("group"),
            Inputs = [.. inputs.Select(input => new KafkaInput(CreateTopic(input, partitions)))],
            Outputs = outputs,
            Delivery = DeliveryMode.AtLeastOnce,
            // The least that brokers allow by default; the embedded one takes it less a second for each rebalance.
            SessionTimeoutMs = Embedded is null ? 6_000 : 2_500,
            CommitTimeoutMs = 10_000,
        };
    }

    /// <summary>Events <c>c0 0</c>, <c>c1 1</c>, … dealt to the partitions in turn.</summary>
    public void ProduceEvents(string topic, int count, int partitions) =>
        Produce(topic, [.. Enumerable.Range(0, count).Select(i => (i % partitions, (string?)null, (string?)$"c{i} {i}"))]);

    public void Produce(string topic, params (int Partition, string? Key, string? Value)[] records)
    {
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(
            new ProducerConfig { BootstrapServers = BootstrapServers, LingerMs = 0 }).Build();
        foreach (var (partition, key, value) in records)
        {
            producer.Produce(
                new TopicPartition(topic, partition),
                new Message<byte[]?, byte[]?> { Key = Utf8(key), Value = Utf8(value) });
        }

        Assert.Equal(0, producer.Flush(TimeSpan.FromSeconds(10)));
    }

    /// <summary>Everything committed that a topic holds: partition, key, value.</summary>
    public List<(int Partition, string? Key, string? Value)> ReadAll(string topic)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers }).Build();
        var partitions = admin.GetMetadata(topic, TimeSpan.FromSeconds(10)).Topics.Single().Partitions.Count;
        return [.. new TopicReader(BootstrapServers, partitions).ReadAll(topic).Select(record => (record.Partition, Text(record.Key), Text(record.Value)))];
    }

    /// <summary>What a group has committed of a topic, by partition; -1 where nothing.</summary>
    public IEnumerable<long> Committed(string group, string topic, int partitions)
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = BootstrapServers, GroupId = group }).Build();
        return [.. consumer.Committed(Enumerable.Range(0, partitions).Select(partition => new TopicPartition(topic, partition)), TimeSpan.FromSeconds(10))
            .Select(committed => committed.Offset == Offset.Unset ? -1 : committed.Offset.Value)];
    }

    public void Dispose() => Embedded?.Dispose();

    private static byte[]? Utf8(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);

    private static string? Text(byte[]? utf8) => utf8 is null ? null : Encoding.UTF8.GetString(utf8);
}
