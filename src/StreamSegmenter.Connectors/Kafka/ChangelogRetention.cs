using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>How long a changelog topic remembers deletions, and whether that is as long as the engine relies on it: a checkpoint that
/// is older would bring back what was deleted since.</summary>
internal sealed class ChangelogRetention(IAdminClient admin, string topic)
{
    private const string Setting = "delete.retention.ms";
    private const long HourMs = 3_600_000;
    private const long DefaultMs = 24 * HourMs;

    /// <summary>What the engine gives a changelog that it creates. Of a commit that breaks off without a transaction, the lines must not
    /// take the place of those that count before the next commit has put them right: an hour is plenty. And how long deletions are
    /// remembered is what the age of checkpoints is held against, so it does not hang on the broker's default.</summary>
    /// <param name="checkpointAgeMsMax">Twice that at least: a restore takes time, too.</param>
    public static Dictionary<string, string> ConfigsFor(long? checkpointAgeMsMax) => new()
    {
        ["cleanup.policy"] = "compact",
        ["min.compaction.lag.ms"] = Text(HourMs),
        [Setting] = Text(Math.Max(DefaultMs, 2 * (checkpointAgeMsMax ?? 0))),
    };

    /// <summary>Of a topic that was there already.</summary>
    /// <param name="problems">Gets what is wrong and the nearest remedy.</param>
    /// <param name="warnings">Gets what could not be seen.</param>
    /// <exception cref="KafkaException">No broker answers.</exception>
    public void Check(long checkpointAgeMsMax, TimeSpan timeout, List<string> problems, List<string> warnings)
    {
        try
        {
            var resource = new ConfigResource { Type = ResourceType.Topic, Name = topic };
            var entries = admin.DescribeConfigsAsync([resource], new DescribeConfigsOptions { RequestTimeout = timeout })
                .GetAwaiter().GetResult()[0].Entries;
            if (entries.TryGetValue(Setting, out var entry) && long.TryParse(entry.Value, CultureInfo.InvariantCulture, out var retentionMs)
                && retentionMs < checkpointAgeMsMax)
            {
                problems.Add(
                    $"kafka: changelog topic '{topic}' forgets after {Setting}={Text(retentionMs)} what was deleted, and checkpoints are used "
                    + $"for {Text(checkpointAgeMsMax)} ms (engine.checkpointAgeMax): they would bring it back. Set the topic's {Setting} to "
                    + $"{Text(2 * checkpointAgeMsMax)}, or engine.checkpointAgeMax below {Text(retentionMs)} ms.");
            }
        }
        catch (KafkaException e) when (e.Error.Code == ErrorCode.Local_UnsupportedFeature)
        {
            // A broker that tells no settings (the embedded one) forgets nothing either.
        }
        catch (DescribeConfigsException e) when (!e.Results[0].Error.IsLocalError)
        {
            warnings.Add(
                $"kafka: the settings of changelog topic '{topic}' cannot be read: {e.Results[0].Error.Code}. See for yourself that its "
                + $"{Setting} is above {Text(checkpointAgeMsMax)} (engine.checkpointAgeMax), or grant this user DESCRIBE_CONFIGS on it.");
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
