using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using StreamSegmenter.Definitions;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>What came of a look at the topics.</summary>
/// <param name="Partitions">Of every input: the number of shards; 0 where the problems leave it open.</param>
/// <param name="Unreachable">No broker answered: nothing is known, ask again later.</param>
/// <param name="Problems">What is wrong and the nearest remedy; empty when lanes can start.</param>
internal sealed record TopicReport(int Partitions, bool Unreachable, IReadOnlyList<string> Problems)
{
    /// <summary>What nobody could check, and how to see for oneself; lanes can start all the same.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>Checks before the lanes start that the topics fit: the inputs exist and are co-partitioned; outputs and changelog
/// exist, or are created where <see cref="KafkaSettings.CreateTopics"/> allows it; the changelog keeps every
/// customer, and remembers deletions for longer than checkpoints are used.</summary>
internal sealed class TopicSetup(KafkaSettings settings)
{
    private const int NamesListedMax = 5;
    private const int LooksMax = 20;
    private static readonly TimeSpan LookDelay = TimeSpan.FromMilliseconds(200);
    private static readonly Dictionary<string, string> CompactedConfigs = new() { ["cleanup.policy"] = "compact" };

    /// <summary>A week: an instance that is away for longer loses what others told it, and says so.</summary>
    private static readonly Dictionary<string, string> ExchangeConfigs = new() { ["cleanup.policy"] = "delete", ["retention.ms"] = "604800000" };

    public KafkaSettings Settings => settings;

    /// <summary>How old checkpoints may be that are restored from: the changelog must remember its deletions longer. Null: there are
    /// none, or they are no matter here.</summary>
    public long? CheckpointAgeMsMax { get; init; }

    /// <summary>Nothing will be written: a changelog can be looked at, whatever its settings.</summary>
    public bool OnlyReads { get; init; }

    /// <summary>Hears at once why no broker answers, on any thread; <see cref="Prepare"/> waits until its time is over.</summary>
    public Action<string> Noticed { get; init; } = _ => { };

    /// <summary>What is written to. With one partition there is nobody to exchange anything with.</summary>
    private string[] Wanted(int partitions) =>
    [
        .. settings.Outputs.Topics, settings.Outputs.Changelog,
        .. partitions > 1 && settings.Outputs.Exchange is { } exchange ? [exchange] : Array.Empty<string>(),
        .. settings.Outputs.Definitions is { } definitions ? [definitions] : Array.Empty<string>(),
        .. settings.Outputs.Instances is { } instances ? [instances] : Array.Empty<string>(),
    ];

    private ChangelogSettings Changelog => new(settings.Outputs.Changelog, CheckpointAgeMsMax);

    /// <param name="timeout">For each question to the brokers.</param>
    public TopicReport Prepare(TimeSpan timeout)
    {
        var status = new ConnectionStatus();
        try
        {
            using var admin = ClientProperties.Build(() => new AdminClientBuilder(ClientConfigs.Admin(settings))
                .SetErrorHandler((_, error) => Notice(status, () => status.Report(error)))
                .SetLogHandler((_, line) => Notice(status, () => status.Report(line)))
                .Build());
            var known = Known(admin, timeout);
            var problems = InputProblems(known);
            if (problems.Count > 0)
            {
                return new TopicReport(0, false, problems);
            }

            var partitions = known[settings.Inputs[0].Topic];
            problems = EnsureOutputs(admin, known, partitions, timeout, out var created);
            if (problems.Count == 0 && !(IsVisible(admin, partitions, timeout) && TakeRecords(admin, created, partitions, timeout)))
            {
                return new TopicReport(0, true, ["kafka: topics were created, but the brokers do not show them yet."]);
            }

            var warnings = new List<string>();
            if (!OnlyReads && known.ContainsKey(settings.Outputs.Changelog))
            {
                Changelog.Check(admin, timeout, problems, warnings);
            }

            CheckPreviousGroup(admin, timeout, problems, warnings);
            return new TopicReport(partitions, false, problems) { Warnings = warnings };
        }
        catch (KafkaException e) when (e.Error.IsLocalError && !e.Error.IsFatal)
        {
            return new TopicReport(0, true, [NoAnswer(status.LastError ?? ErrorText.Of(e.Error))]);
        }
        catch (KafkaLaneException e)
        {
            return new TopicReport(0, false, [e.Message]);
        }
        catch (KafkaException e)
        {
            return new TopicReport(0, false, [$"kafka: {ErrorText.Of(e.Error)}."]);
        }
    }

    /// <summary>An engine of the previous group that still runs would write into the changelog that is taken over.</summary>
    private void CheckPreviousGroup(IAdminClient admin, TimeSpan timeout, List<string> problems, List<string> warnings)
    {
        if (OnlyReads || settings.PreviousGroupId is not { } previous || previous == settings.GroupId)
        {
            return;
        }

        if (GroupMembers.Running(admin, previous, timeout, out var unknown) is { } running)
        {
            problems.Add($"kafka: {running}, and '{settings.GroupId}' is to take over its changelog (kafka.previousGroup). Stop it first.");
        }
        else if (unknown is not null)
        {
            warnings.Add($"kafka: the brokers do not say whether an engine still runs in '{previous}' (kafka.previousGroup): {unknown}. Make sure that none does.");
        }
    }

    private void Notice(ConnectionStatus status, Action report)
    {
        report();
        if (status.LastError is { } error)
        {
            Noticed(NoAnswer(error));
        }
    }

    private string NoAnswer(string reason) => $"kafka: no broker of '{settings.BootstrapServers}' answers: {reason}.";

    // All topics at once: to ask for one by name would create it on a broker that creates topics by itself.
    private static Dictionary<string, int> Known(IAdminClient admin, TimeSpan timeout) =>
        admin.GetMetadata(timeout).Topics
            .Where(topic => !topic.Error.IsError)
            .ToDictionary(topic => topic.Topic, topic => topic.Partitions.Count, StringComparer.Ordinal);

    private List<string> InputProblems(Dictionary<string, int> known)
    {
        var problems = settings.Inputs.Where(input => !known.ContainsKey(input.Topic))
            .Select(input => MissingInput(input.Topic, known.Keys)).ToList();
        if (problems.Count == 0 && settings.Inputs.Select(input => known[input.Topic]).Distinct().Count() > 1)
        {
            var counts = settings.Inputs.Select(input => $"'{input.Topic}' has {Text(known[input.Topic])}");
            problems.Add(
                "kafka: the inputs need the same number of partitions, with records keyed alike, so that a customer's events "
                + $"meet: {string.Join(", ", counts)}. Repartition those that differ.");
        }

        return problems;
    }

    private static string MissingInput(string topic, IEnumerable<string> known)
    {
        var others = known.Where(name => !name.StartsWith("__", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        return $"kafka: input topic '{topic}' does not exist or this user may not see it. " + (
            NearestName.Of(topic, others) is { } near ? $"Did you mean '{near}'?"
            : others.Count > 0 ? $"The cluster has {Text(others.Count)} topics; the nearest names: {string.Join(", ", NearestName.Several(topic, others, NamesListedMax))}."
            : "This cluster shows no topic at all: create it, or look at the address and the user.");
    }

    private List<string> EnsureOutputs(
        IAdminClient admin, Dictionary<string, int> known, int partitions, TimeSpan timeout, out string[] missing)
    {
        string[] wanted = Wanted(partitions);
        missing = [.. wanted.Where(topic => !known.ContainsKey(topic))];
        var problems = new List<string>();
        if (missing.Length > 0)
        {
            problems = settings.CreateTopics
                ? Create(admin, [.. missing.Select(topic => Specification(topic, partitions))], timeout)
                : [.. missing.Select(topic => MissingOutput(topic, partitions))];
            known = Known(admin, timeout);
        }

        var changelog = settings.Outputs.Changelog;
        if (known.TryGetValue(changelog, out var shards) && shards != partitions)
        {
            problems.Add(
                $"kafka: changelog topic '{changelog}' has {Text(shards)} partitions, the inputs have {Text(partitions)}. It "
                + "needs as many: name another changelog topic, or repartition.");
        }

        if (partitions > 1 && settings.Outputs.Exchange is { } exchange && known.TryGetValue(exchange, out var exchanged) && exchanged != partitions)
        {
            problems.Add(
                $"kafka: exchange topic '{exchange}' has {Text(exchanged)} partitions, the inputs have {Text(partitions)}. It needs as many: delete "
                + "it while no engine runs, or name another one (outputs.topics.exchange).");
        }

        return problems;
    }

    /// <summary>A created topic is not known to every broker at once, and until it is, its partitions seem to be missing.</summary>
    private bool IsVisible(IAdminClient admin, int partitions, TimeSpan timeout)
    {
        string[] wanted = Wanted(partitions);
        for (var attempt = 0; attempt < LooksMax; attempt++)
        {
            var known = Known(admin, timeout);
            if (Array.TrueForAll(wanted, topic => known.GetValueOrDefault(topic) > 0))
            {
                return true;
            }

            CancellationToken.None.WaitHandle.WaitOne(LookDelay);
        }

        return false;
    }

    /// <summary>A partition that every broker knows of need not be there yet; until it is, its leader refuses records as if it never
    /// would be.</summary>
    private bool TakeRecords(IAdminClient admin, string[] topics, int partitions, TimeSpan timeout)
    {
        var ends = topics.SelectMany(topic => Enumerable.Range(0, PartitionsOf(topic, partitions)).Select(partition => new TopicPartitionOffsetSpec
        {
            TopicPartition = new TopicPartition(topic, partition), OffsetSpec = OffsetSpec.Latest(),
        })).ToList();
        for (var attempt = 0; attempt < LooksMax && ends.Count > 0; attempt++)
        {
            try
            {
                admin.ListOffsetsAsync(ends, new ListOffsetsOptions { RequestTimeout = timeout }).GetAwaiter().GetResult();
                return true;
            }
            catch (ListOffsetsException)
            {
                CancellationToken.None.WaitHandle.WaitOne(LookDelay);
            }
        }

        return ends.Count == 0;
    }

    private string MissingOutput(string topic, int partitions)
    {
        var how = topic == settings.Outputs.Changelog ? $" compacted, with {Text(partitions)} partitions,"
            : IsSmall(topic) ? " compacted, with 1 partition,"
            : topic == settings.Outputs.Exchange ? $" with {Text(partitions)} partitions," : "";
        return $"kafka: output topic '{topic}' does not exist. Create it{how} or set kafka.createTopics to true.";
    }

    /// <summary>Read by all instances, in one order.</summary>
    private bool IsSmall(string topic) => topic == settings.Outputs.Definitions || topic == settings.Outputs.Instances;

    private int PartitionsOf(string topic, int partitions) => IsSmall(topic) ? 1 : partitions;

    private TopicSpecification Specification(string topic, int partitions)
    {
        var outputs = settings.Outputs;
        var compacted = topic == outputs.Changelog || IsSmall(topic) || topic == outputs.SegmentMembership || topic == outputs.ConversionMetrics;
        return new TopicSpecification
        {
            Name = topic,
            NumPartitions = PartitionsOf(topic, partitions),
            ReplicationFactor = settings.ReplicationFactor,
            Configs = topic == outputs.Changelog ? Changelog.Wanted : topic == outputs.Exchange ? ExchangeConfigs : compacted ? CompactedConfigs : null,
        };
    }

    private static List<string> Create(IAdminClient admin, TopicSpecification[] topics, TimeSpan timeout)
    {
        try
        {
            admin.CreateTopicsAsync(topics, new CreateTopicsOptions { OperationTimeout = timeout, RequestTimeout = timeout })
                .GetAwaiter().GetResult();
            return [];
        }
        catch (CreateTopicsException e)
        {
            // Another instance may have been faster.
            return [.. e.Results.Where(result => result.Error.IsError && result.Error.Code != ErrorCode.TopicAlreadyExists)
                .Select(result => $"kafka: topic '{result.Topic}' cannot be created: {result.Error.Code}: "
                    + $"{ErrorText.Of(result.Error)}. Create it by hand, or let this user create topics; if it is there already, grant this "
                    + "user WRITE on it, so that it is seen.")];
        }
        catch (KafkaException e) when (e.Error.Code == ErrorCode.Local_UnsupportedFeature)
        {
            // A broker that creates no topics on request (the embedded one) makes them when they are first asked for by name.
            return AskByName(admin, topics, timeout);
        }
    }

    private static List<string> AskByName(IAdminClient admin, TopicSpecification[] topics, TimeSpan timeout)
    {
        foreach (var topic in topics)
        {
            admin.GetMetadata(topic.Name, timeout);
        }

        return [];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
