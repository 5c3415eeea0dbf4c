namespace StreamSegmenter.Connectors.Kafka;

/// <summary>What a commit promises.</summary>
internal enum DeliveryMode : byte
{
    /// <summary>Outputs, changelog and offsets in one Kafka transaction.</summary>
    ExactlyOnce,

    /// <summary>Outputs and changelog first, then the offsets: after a crash between the two, outputs repeat with
    /// equal ids.</summary>
    AtLeastOnce,
}

/// <summary>Who assigns partitions. Both use the range assignor, which gives partition p of every co-partitioned
/// topic to the same lane.</summary>
internal enum GroupProtocol : byte
{
    /// <summary>The members themselves; every broker version.</summary>
    Classic,

    /// <summary>The broker (<c>group.protocol=consumer</c>); Kafka 4 and later.</summary>
    Consumer,
}

/// <summary>Where a group without committed offsets begins to read an input.</summary>
internal enum StartAt : byte
{
    Earliest,
    Latest,
}

/// <summary>One input topic. Its place in <see cref="KafkaSettings.Inputs"/> is the events' <c>Input</c>.</summary>
internal sealed record KafkaInput(string Topic, StartAt StartAt = StartAt.Earliest);

/// <summary>Where the outputs go, and where the shards' state lives.</summary>
/// <param name="Changelog">The compacted topic that is the truth about all state; as many partitions as the inputs.</param>
internal sealed record KafkaOutputs(
    string CartAbandonment, string SegmentMembership, string ConversionMetrics, string DeadLetters, string LateEvents,
    string Changelog)
{
    /// <summary>Steps that fell due and were not sent, with the reason.</summary>
    public string SuppressedTriggers { get; init; } = "suppressed-triggers";

    /// <summary>The topic through which shards talk to each other; as many partitions as the inputs. Null: there is nothing to say.</summary>
    public string? Exchange { get; init; }

    /// <summary>The compacted topic that definitions are published to, with one partition that counts; null: they come with the
    /// configuration file alone.</summary>
    public string? Definitions { get; init; }

    /// <summary>The compacted topic in which instances announce their HTTP addresses, with one partition that counts; null: they do not.</summary>
    public string? Instances { get; init; }

    /// <summary>The topics others read, without the changelog.</summary>
    public IReadOnlyList<string> Topics =>
        [.. new[] { CartAbandonment, SuppressedTriggers, SegmentMembership, ConversionMetrics, DeadLetters, LateEvents }.Distinct()];
}

/// <summary>How to reach Kafka and how to behave there. Immutable; times in milliseconds.</summary>
internal sealed record KafkaSettings
{
    /// <summary><c>host:port</c>, comma-separated.</summary>
    public required string BootstrapServers { get; init; }

    /// <summary>The consumer group; also the prefix of transactional ids.</summary>
    public required string GroupId { get; init; }

    /// <summary>The group whose changelog this one takes over: no engine of it may run. Null: none.</summary>
    public string? PreviousGroupId { get; init; }

    public required IReadOnlyList<KafkaInput> Inputs { get; init; }

    public required KafkaOutputs Outputs { get; init; }

    /// <summary>What a lane reads: the inputs and, behind them, the exchange.</summary>
    public IReadOnlyList<KafkaInput> Sources => Outputs.Exchange is { } exchange ? [.. Inputs, new KafkaInput(exchange)] : Inputs;

    public string ClientId { get; init; } = "streamsegmenter";

    /// <summary>Name of this process within the group, unique and equal after a restart: makes its lanes static members, which
    /// keep their partitions over a restart shorter than <see cref="SessionTimeoutMs"/>. Null: dynamic members, which
    /// leave the group when they close.</summary>
    public string? InstanceId { get; init; }

    public DeliveryMode Delivery { get; init; } = DeliveryMode.ExactlyOnce;

    public GroupProtocol GroupProtocol { get; init; } = GroupProtocol.Classic;

    /// <summary>Create missing output topics and the changelog; inputs are never created.</summary>
    public bool CreateTopics { get; init; } = true;

    /// <summary>Replicas of created topics; -1: the broker's default.</summary>
    public short ReplicationFactor { get; init; } = -1;

    /// <summary>Records one poll delivers at most.</summary>
    public int RecordsPerPollMax { get; init; } = 2_000;

    /// <summary>Take records from librdkafka in batches over native memory instead of one object per record.</summary>
    public bool BatchedReads { get; init; } = true;

    /// <summary>Without a heartbeat for so long a lane is dead to its group. Classic protocol only.</summary>
    public int SessionTimeoutMs { get; init; } = 30_000;

    /// <summary>Without a poll for so long a lane leaves its group: the longest restore and commit must fit in.</summary>
    public int PollIntervalMsMax { get; init; } = 600_000;

    /// <summary>A commit that takes longer is given up and repeated from the last committed offsets.</summary>
    public int CommitTimeoutMs { get; init; } = 30_000;

    /// <summary>A client that hears nothing for so long, although the brokers answer another connection, is replaced.</summary>
    public int SilenceMaxMs { get; init; } = 20_000;

    /// <summary>Largest record that is produced, in bytes before compression; a topic may allow less. A dead letter carries the
    /// refused record, so it needs more room than the inputs.</summary>
    public int RecordBytesMax { get; init; } = 8 * 1_048_576;

    /// <summary>librdkafka properties for every client: TLS, SASL, DNS.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>librdkafka properties of consumers alone: fetch sizes.</summary>
    public IReadOnlyDictionary<string, string> ConsumerProperties { get; init; } = new Dictionary<string, string>();

    /// <summary>librdkafka properties of producers alone: linger, compression.</summary>
    public IReadOnlyDictionary<string, string> ProducerProperties { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether a user may set this librdkafka property to this value.</summary>
    /// <returns>Why not and the nearest remedy; null: it can be set.</returns>
    public static string? PropertyProblem(string name, string value) => ClientProperties.Problem(name, value);

    /// <summary>Everything that is wrong with these settings by themselves; empty when nothing is.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        Require(problems, BootstrapServers, "kafka.brokers", "name at least one broker as host:port");
        Require(problems, GroupId, "kafka.group", "name the consumer group");
        if (Inputs.Count == 0)
        {
            problems.Add("kafka: no input topic. Name at least one.");
        }

        foreach (var input in Inputs.GroupBy(input => input.Topic, StringComparer.Ordinal).Where(same => same.Count() > 1))
        {
            problems.Add($"kafka: topic '{input.Key}' is an input {input.Count()} times. Name it once.");
        }

        problems.AddRange(Properties.Concat(ConsumerProperties).Concat(ProducerProperties)
            .Select(property => PropertyProblem(property.Key, property.Value)).OfType<string>().Select(problem => $"kafka: {problem}."));
        return problems;
    }

    private static void Require(List<string> problems, string value, string name, string remedy)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            problems.Add($"{name} is empty: {remedy}.");
        }
    }
}
