using System.Globalization;
using Confluent.Kafka;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>What an error of the client means for a commit.</summary>
internal static class CommitFailures
{
    /// <summary>An error of one record: for ever when the broker would refuse the same bytes again.</summary>
    public static CommitOutcome OfProduce(string topic, Error error) => error.Code switch
    {
        ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidMsgSize or ErrorCode.RecordListTooLarge => Failed(
            topic, error, "raise kafka.recordMax and the topic's max.message.bytes"),
        ErrorCode.InvalidRecord or ErrorCode.InvalidMsg => Failed(topic, error, "see the topic's configuration"),
        ErrorCode.TopicException or ErrorCode.PolicyViolation => Failed(topic, error, "name a topic that the broker allows"),
        ErrorCode.Local_UnknownPartition => Failed(topic, error, "give the topic as many partitions as the inputs have"),
        ErrorCode.Local_UnknownTopic or ErrorCode.UnknownTopicOrPart => Failed(topic, error, "create the topic"),
        ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed => Failed(
            topic, error, "grant this user WRITE on it"),
        _ => OfCommit(error, $"topic '{topic}': "),
    };

    /// <param name="last">Where the lines of the last commit ended.</param>
    /// <param name="end">Where this one's end.</param>
    public static CommitOutcome OfLostChangelog(string topic, int partition, long last, long end) =>
        new(CommitStatus.Failed, string.Create(
            CultureInfo.InvariantCulture,
            $"partition {partition} of changelog topic '{topic}' went back from offset {last} to {end}: it was deleted and made again, or cut, and "
            + $"the state of customers that it held is gone. Remedy: stop every instance, then restore the topic from a backup; or, to rebuild "
            + $"the state from the inputs, name a new changelog topic and a new group."));

    /// <summary>An error of the commit as a whole. What is not known to be final is taken as passing.</summary>
    public static CommitOutcome OfCommit(Error error, string where = "") => error.Code switch
    {
        ErrorCode.Local_Fenced or ErrorCode.FencedInstanceId or ErrorCode.InvalidProducerEpoch or ErrorCode.ProducerFenced
            => new CommitOutcome(CommitStatus.Fenced, where + ErrorText.Of(error) + "; if another process has the same name, give each its own (kafka.instance)"),
        ErrorCode.TransactionalIdAuthorizationFailed => new CommitOutcome(
            CommitStatus.Failed, $"{where}{ErrorText.Of(error)}. Grant this user WRITE on the transactional id."),
        _ => new CommitOutcome(CommitStatus.Aborted, where + ErrorText.Of(error)),
    };

    private static CommitOutcome Failed(string topic, Error error, string remedy) =>
        new(CommitStatus.Failed, $"topic '{topic}' refuses a record for ever: {ErrorText.Of(error)}. Remedy: {remedy}.");
}
