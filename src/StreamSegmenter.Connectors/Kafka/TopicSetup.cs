using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>What came of a look at the topics.</summary>
/// <param name="Partitions">Of every input: the number of shards; 0 where the problems leave it open.</param>
/// <param name="Unreachable">No broker answered: nothing is known, ask again later.</param>
/// <param name="Problems">What is wrong and the nearest remedy; empty when lanes can start.</param>
public sealed record TopicReport(int Partitions, bool Unreachable, IReadOnlyList<string> Problems);

/// <summary>Checks before the lanes start that the topics fit: the inputs exist and are co-partitioned; outputs and changelog
/// exist, or are created where <see cref="KafkaSettings.CreateTopics"/> allows it.</summary>
public sealed class TopicSetup(KafkaSettings settings)
{
    private const int NamesListedMax = 10;

    /// <param name="timeout">For each question to the brokers.</param>
    public TopicReport Prepare(TimeSpan timeout)
    {
        using var admin = new AdminClientBuilder(ClientConfigs.Admin(settings))
            .SetErrorHandler((_, _) => { })
            .SetLogHandler((_, _) => { })
            .Build();
        try
        {
            var known = Known(admin, timeout);
            var problems = InputProblems(known);
            if (problems.Count > 0)
            {
                return new TopicReport(0, false, problems);
            }

            var partitions = known[settings.Inputs[0].Topic];
            problems = EnsureOutputs(admin, known, partitions, timeout);
            return new TopicReport(partitions, false, problems);
        }
        catch (KafkaException e) when (e.Error.IsLocalError && !e.Error.IsFatal)
        {
            return new TopicReport(0, true, [$"kafka: no broker of '{settings.BootstrapServers}' answers: {e.Error.Reason}."]);
        }
        catch (KafkaException e)
        {
            return new TopicReport(0, false, [$"kafka: {e.Error.Code}: {e.Error.Reason}."]);
        }
    }

    // All topics at once: to ask for one by name would create it on a broker that creates topics by itself.
    private static Dictionary<string, int> Known(IAdminClient admin, TimeSpan timeout) =>
        admin.GetMetadata(timeout).Topics
            .Where(topic => !topic.Error.IsError)
            .ToDictionary(topic => topic.Topic, topic => topic.Partitions.Count, StringComparer.Ordinal);

    private List<string> InputProblems(Dictionary<string, int> known)
    {
        var problems = new List<string>();
        foreach (var input in settings.Inputs.Where(input => !known.ContainsKey(input.Topic)))
        {
            var others = known.Keys.Where(topic => !topic.StartsWith("__", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
            var near = others.Where(topic => Resembles(topic, input.Topic)).DefaultIfEmpty(null).First();
            problems.Add($"kafka: input topic '{input.Topic}' does not exist or this user may not see it. " + (near is not null
                ? $"Did you mean '{near}'?"
                : others.Count == 0
                    ? "This cluster shows no topic at all: create it, or look at the address and the user."
                    : $"There are: {string.Join(", ", others.Take(NamesListedMax))}{(others.Count > NamesListedMax ? ", …" : "")}."));
        }

        if (problems.Count == 0 && settings.Inputs.Select(input => known[input.Topic]).Distinct().Count() > 1)
        {
            var counts = string.Join(", ", settings.Inputs.Select(input => $"'{input.Topic}' has {Text(known[input.Topic])}"));
            problems.Add(
                $"kafka: the inputs need the same number of partitions, with records keyed alike, so that a customer's events meet: {counts}. "
                + "Repartition those that differ.");
        }

        return problems;
    }

    private List<string> EnsureOutputs(IAdminClient admin, Dictionary<string, int> known, int partitions, TimeSpan timeout)
    {
        var outputs = settings.Outputs;
        string[] compacted = [outputs.SegmentMembership, outputs.ConversionMetrics, outputs.Changelog];
        string[] wanted = [.. outputs.Topics, outputs.Changelog];
        string[] missing = [.. wanted.Where(topic => !known.ContainsKey(topic))];
        var problems = new List<string>();
        if (missing.Length > 0)
        {
            problems = settings.CreateTopics
                ? Create(admin, [.. missing.Select(topic => Specification(topic, partitions, compacted.Contains(topic)))], timeout)
                : [.. missing.Select(topic => $"kafka: output topic '{topic}' does not exist. Create it"
                    + (topic == outputs.Changelog ? $" compacted, with {Text(partitions)} partitions," : "") + " or set 'createTopics: true'.")];
            known = Known(admin, timeout);
        }

        if (known.TryGetValue(outputs.Changelog, out var shards) && shards != partitions)
        {
            problems.Add(
                $"kafka: changelog topic '{outputs.Changelog}' has {Text(shards)} partitions, the inputs have {Text(partitions)}. "
                + "It needs as many: name another changelog topic, or repartition.");
        }

        return problems;
    }

    private TopicSpecification Specification(string topic, int partitions, bool compacted) => new()
    {
        Name = topic,
        NumPartitions = partitions,
        ReplicationFactor = settings.ReplicationFactor,
        Configs = compacted ? new Dictionary<string, string> { ["cleanup.policy"] = "compact" } : null,
    };

    private List<string> Create(IAdminClient admin, TopicSpecification[] topics, TimeSpan timeout)
    {
        try
        {
            admin.CreateTopicsAsync(topics, new CreateTopicsOptions { OperationTimeout = timeout, RequestTimeout = timeout })
                .GetAwaiter().GetResult();
            return [];
        }
        catch (CreateTopicsException e)
        {
            // Another instance may have been faster; and a broker that cannot create topics on request (the embedded one) makes
            // them when they are first asked for by name.
            var failed = e.Results.Where(result => result.Error.IsError && result.Error.Code != ErrorCode.TopicAlreadyExists).ToList();
            return failed.Any(result => result.Error.Code != ErrorCode.Local_UnsupportedFeature)
                ? [.. failed.Select(result => $"kafka: topic '{result.Topic}' cannot be created: {result.Error.Code}: {result.Error.Reason}. "
                    + "Create it by hand, or let this user create topics.")]
                : AskByName(admin, topics, timeout);
        }
        catch (KafkaException e) when (e.Error.Code == ErrorCode.Local_UnsupportedFeature)
        {
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

    /// <summary>Equal but for case and separators, or one within the other.</summary>
    private static bool Resembles(string a, string b)
    {
        var (x, y) = (Folded(a), Folded(b));
        return x.Length > 0 && y.Length > 0
            && (x.Contains(y, StringComparison.Ordinal) || y.Contains(x, StringComparison.Ordinal));
    }

    private static string Folded(string name) =>
        new([.. name.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
