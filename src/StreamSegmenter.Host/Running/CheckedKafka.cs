using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Runtime.Configuration;

namespace StreamSegmenter.Host.Running;

/// <summary>How commands that are not the engine reach its topics, once these were found to fit. At least once and under no name of
/// an instance: they must not fence the running engine's producers.</summary>
internal static class CheckedKafka
{
    /// <summary>For each question to the brokers.</summary>
    public static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>For looking: creates nothing.</summary>
    /// <exception cref="CommandFailure">The topics do not fit, or no broker answers.</exception>
    public static KafkaSettings ToRead(StreamSegmenterConfiguration configuration) =>
        Check(configuration, new TopicSetup(SettingsOf(configuration) with { CreateTopics = false }) { OnlyReads = true }, out _);

    /// <summary>For writing: creates what is missing where the configuration allows it.</summary>
    /// <param name="partitions">Of every input.</param>
    /// <exception cref="CommandFailure">The topics do not fit, or no broker answers.</exception>
    public static KafkaSettings ToWrite(StreamSegmenterConfiguration configuration, out int partitions) =>
        Check(configuration, new TopicSetup(SettingsOf(configuration)), out partitions);

    private static KafkaSettings SettingsOf(StreamSegmenterConfiguration configuration) =>
        configuration.Kafka! with { Delivery = DeliveryMode.AtLeastOnce, InstanceId = null };

    private static KafkaSettings Check(StreamSegmenterConfiguration configuration, TopicSetup topics, out int partitions)
    {
        var report = topics.Prepare(BrokerTimeout);
        partitions = report.Partitions;
        return report.Problems.Count == 0
            ? topics.Settings
            : throw new CommandFailure(configuration.Redactor.Redact(string.Join(Environment.NewLine, report.Problems)));
    }
}
