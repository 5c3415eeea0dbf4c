using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>The settings of a changelog topic that the state rests on: what the engine gives one that it creates, and whether one that
/// was there already keeps every customer, and its deletions for as long as they are needed.</summary>
/// <param name="checkpointAgeMsMax">A checkpoint that is older than the changelog's memory of deletions would bring back what was deleted
/// since. Null: there are no checkpoints.</param>
internal sealed class ChangelogSettings(string topic, long? checkpointAgeMsMax)
{
    private const string Policy = "cleanup.policy";
    private const string Compact = "compact";
    private const string Retention = "delete.retention.ms";
    private const int AttemptsMax = 4;
    private const long HourMs = 3_600_000;
    private const long DefaultMs = 24 * HourMs;

    /// <summary>Of a commit that breaks off without a transaction, the lines must not take the place of those that count before the next
    /// commit has put them right: an hour is plenty. How long deletions are remembered is what the age of checkpoints is held against,
    /// so it does not hang on the broker's default; and it is twice that age at least: a restore takes time, too.</summary>
    public Dictionary<string, string> Wanted { get; } = new()
    {
        [Policy] = Compact,
        ["min.compaction.lag.ms"] = Text(HourMs),
        [Retention] = Text(Math.Max(DefaultMs, 2 * (checkpointAgeMsMax ?? 0))),
    };

    /// <summary>Of a topic that was there already.</summary>
    /// <param name="problems">Gets what is wrong and the nearest remedy.</param>
    /// <param name="warnings">Gets what could not be seen.</param>
    /// <exception cref="KafkaException">No broker answers.</exception>
    public void Check(IAdminClient admin, TimeSpan timeout, List<string> problems, List<string> warnings)
    {
        try
        {
            var found = Found(admin, timeout);
            problems.AddRange(new[] { PolicyProblem(found), RetentionProblem(found) }.OfType<string>());
        }
        catch (KafkaException e) when (e.Error.Code == ErrorCode.Local_UnsupportedFeature)
        {
            // A broker that tells no settings (the embedded one) forgets nothing either.
        }
        catch (DescribeConfigsException e) when (!e.Results[0].Error.IsLocalError)
        {
            var retention = checkpointAgeMsMax is { } ageMs ? $", and {Retention} at least {Text(ageMs)} (engine.checkpointAgeMax)" : "";
            warnings.Add(
                $"kafka: the settings of changelog topic '{topic}' cannot be read: {e.Results[0].Error.Code}. See for yourself that its "
                + $"{Policy} is {Compact}{retention}, or grant this user DESCRIBE_CONFIGS on it.");
        }
    }

    /// <summary>The question goes to the broker that the others name as the controller, which may be one that has just died and is not missed
    /// yet: so it is put again, rather than waited for.</summary>
    private Dictionary<string, ConfigEntryResult> Found(IAdminClient admin, TimeSpan timeout)
    {
        var resource = new ConfigResource { Type = ResourceType.Topic, Name = topic };
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return admin.DescribeConfigsAsync([resource], new DescribeConfigsOptions { RequestTimeout = timeout / AttemptsMax })
                    .GetAwaiter().GetResult()[0].Entries;
            }
            catch (KafkaException e) when (attempt < AttemptsMax && (e.Error.Code == ErrorCode.Local_TimedOut
                || (e is DescribeConfigsException described && described.Results[0].Error.Code == ErrorCode.Local_TimedOut)))
            {
            }
        }
    }

    private string? PolicyProblem(Dictionary<string, ConfigEntryResult> found) =>
        found.TryGetValue(Policy, out var policy) && policy.Value != Compact
            ? $"kafka: changelog topic '{topic}' has {Policy}={policy.Value}: it would forget customers who do nothing for longer than its "
                + $"retention. Set the topic's {Policy} to {Compact}. If it is older than its retention, state may be gone already: then name a "
                + "new changelog topic and a new group, to rebuild the state from the inputs."
            : null;

    private string? RetentionProblem(Dictionary<string, ConfigEntryResult> found) =>
        checkpointAgeMsMax is { } ageMs && found.TryGetValue(Retention, out var retention)
            && long.TryParse(retention.Value, CultureInfo.InvariantCulture, out var retentionMs) && retentionMs < ageMs
            ? $"kafka: changelog topic '{topic}' forgets after {Retention}={Text(retentionMs)} what was deleted, and checkpoints are used "
                + $"for {Text(ageMs)} ms (engine.checkpointAgeMax): they would bring it back. Set the topic's {Retention} to "
                + $"{Text(2 * ageMs)}, or engine.checkpointAgeMax below {Text(retentionMs)} ms."
            : null;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
