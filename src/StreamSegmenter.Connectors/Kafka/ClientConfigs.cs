using System.Globalization;
using Confluent.Kafka;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>The librdkafka configurations of a lane's clients. Order of precedence: what delivery guarantees rest on
/// (<see cref="ClientProperties"/>, not to be overridden), then the user's properties, then our own tuning.</summary>
internal static class ClientConfigs
{
    private const int SocketTimeoutMs = 10_000;

    /// <summary>The consumer of a lane.</summary>
    public static ConsumerConfig Consumer(KafkaSettings settings, int lane)
    {
        var config = new ConsumerConfig(Reading(settings, LaneName(settings, lane)))
        {
            MaxPollIntervalMs = settings.PollIntervalMsMax,
        };
        if (settings.InstanceId is { } instance)
        {
            config.GroupInstanceId = $"{instance}-{Text(lane)}";
        }

        if (settings.GroupProtocol == GroupProtocol.Consumer)
        {
            config.Set("group.protocol", "consumer");
            config.Set("group.remote.assignor", "range");
        }
        else
        {
            config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.Range;
            config.SessionTimeoutMs = settings.SessionTimeoutMs;
            config.HeartbeatIntervalMs = Math.Max(1, Math.Min(3_000, settings.SessionTimeoutMs / 3));
        }

        return config;
    }

    /// <summary>A member of the classic protocol that takes a lane's name, whatever protocol the lane has.</summary>
    public static ConsumerConfig NameTaker(KafkaSettings settings, int lane) =>
        new(Consumer(settings with { GroupProtocol = GroupProtocol.Classic }, lane)) { ClientId = LaneName(settings, lane) + "-name" };

    /// <summary>A consumer outside the group, which reads a changelog.</summary>
    public static ConsumerConfig Restorer(KafkaSettings settings, int lane) =>
        new(Reading(settings, LaneName(settings, lane) + "-restore"));

    /// <summary>The producer of a lane, polled on the lane's thread.</summary>
    public static ProducerConfig Producer(KafkaSettings settings, int lane)
    {
        var own = new ProducerConfig
        {
            LingerMs = 5,
            StatisticsIntervalMs = StatisticsIntervalMs(settings),
            // One request must fit into a transaction.
            SocketTimeoutMs = Math.Min(SocketTimeoutMs, settings.CommitTimeoutMs),
            CompressionType = CompressionType.Lz4,
            QueueBufferingMaxMessages = 500_000,
            // The partitioner of the Java clients, so that outputs join with topics that others write.
            Partitioner = Partitioner.Murmur2Random,
        };
        var config = new ProducerConfig(Merged(settings, own, settings.ProducerProperties))
        {
            ClientId = LaneName(settings, lane),
            EnableIdempotence = true,
            Acks = Acks.All,
            MessageTimeoutMs = settings.CommitTimeoutMs,
            MessageMaxBytes = settings.RecordBytesMax,
            EnableBackgroundPoll = false,
            DeliveryReportFields = "none",
        };
        if (settings.Delivery == DeliveryMode.ExactlyOnce)
        {
            config.TransactionalId = TransactionalId(settings, lane);
            config.TransactionTimeoutMs = settings.CommitTimeoutMs;
        }

        return config;
    }

    /// <summary>The name of a lane's transactions, unique among live processes. With a static name a restarted process ends its
    /// predecessor's transaction at once; without one, whoever restores its shards does (<see cref="OpenTransactions"/>).</summary>
    public static string TransactionalId(KafkaSettings settings, int lane) =>
        TransactionalIdPrefix(settings) + (settings.InstanceId ?? $"{Environment.MachineName}-{Text(Environment.ProcessId)}") + "-" + Text(lane);

    /// <summary>How the transactional ids of a group begin.</summary>
    public static string TransactionalIdPrefix(KafkaSettings settings) => settings.GroupId + "-";

    /// <summary>A producer that ends what is open under a transactional id, and does nothing else.</summary>
    public static ProducerConfig Ender(KafkaSettings settings, int lane, string transactionalId) => new(Producer(settings, lane))
    {
        ClientId = LaneName(settings, lane) + "-ender",
        TransactionalId = transactionalId,
        TransactionTimeoutMs = settings.CommitTimeoutMs,
    };

    /// <summary>A reader of what is written in the changelog, decided or not.</summary>
    public static ConsumerConfig Peeker(KafkaSettings settings, int lane) => new(Restorer(settings, lane))
    {
        ClientId = LaneName(settings, lane) + "-peek",
        IsolationLevel = IsolationLevel.ReadUncommitted,
    };

    public static AdminClientConfig Admin(KafkaSettings settings) =>
        new(Merged(settings, new AdminClientConfig(), new Dictionary<string, string>())) { ClientId = settings.ClientId };

    /// <summary>For one question over a connection of its own.</summary>
    public static AdminClientConfig Probe(KafkaSettings settings, int lane) =>
        new(Merged(settings, new AdminClientConfig(), new Dictionary<string, string>())) { ClientId = LaneName(settings, lane) + "-probe" };

    /// <summary>For one question to the group's coordinator over a connection of its own; no member.</summary>
    public static ConsumerConfig GroupProbe(KafkaSettings settings, int lane) => new(Restorer(settings, lane))
    {
        ClientId = LaneName(settings, lane) + "-probe",
        IsolationLevel = IsolationLevel.ReadUncommitted,
        StatisticsIntervalMs = 0,
    };

    private static ConsumerConfig Reading(KafkaSettings settings, string clientId)
    {
        var own = new ConsumerConfig
        {
            CheckCrcs = true,
            FetchQueueBackoffMs = 5,

            // A broker answers one request of a connection after the other: while it waits for records, questions about
            // the end of a partition (restore, proof of silence) wait too.
            FetchWaitMaxMs = 100,
            QueuedMaxMessagesKbytes = 32_768,
            SocketKeepaliveEnable = true,
            StatisticsIntervalMs = StatisticsIntervalMs(settings),
        };
        return new ConsumerConfig(Merged(settings, own, settings.ConsumerProperties))
        {
            ClientId = clientId,
            GroupId = settings.GroupId,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            EnablePartitionEof = true,
            // Where the broker no longer has an offset, go on with the oldest it has: nothing readable is skipped.
            AutoOffsetReset = AutoOffsetReset.Earliest,
            IsolationLevel = IsolationLevel.ReadCommitted,
            ConsumeResultFields = "topic,timestamp",
        };
    }

    private static Dictionary<string, string> Merged(
        KafkaSettings settings, ClientConfig own, IReadOnlyDictionary<string, string> specific)
    {
        var merged = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            // Brokers that come back are found again within about a second; librdkafka's own limit is ten.
            ["reconnect.backoff.max.ms"] = "1000",

            // A client that learned of a dead broker's partitions too early, before others lead them, would look again only so much later;
            // librdkafka's own interval is five minutes.
            ["topic.metadata.refresh.interval.ms"] = "2000",

            // A connection whose other side vanished without a word is given up after so long; librdkafka's own limits are 60 and 30 s.
            ["socket.timeout.ms"] = Text(SocketTimeoutMs),
            ["socket.connection.setup.timeout.ms"] = "5000",
        };
        foreach (var (property, value) in own.Concat(settings.Properties).Concat(specific))
        {
            merged[property] = value;
        }

        merged["bootstrap.servers"] = settings.BootstrapServers;
        return merged;
    }

    /// <summary>Often enough to tell from them whether a client has heard something lately.</summary>
    private static int StatisticsIntervalMs(KafkaSettings settings) => Math.Clamp(settings.SilenceMaxMs / 8, 250, 5_000);

    private static string LaneName(KafkaSettings settings, int lane) => $"{settings.ClientId}-{Text(lane)}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
