using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Asks the brokers for the id of the changelog topic: a topic that is deleted and made again under its name has another.</summary>
internal sealed class ChangelogIdentity(string topic, IClient client, ConnectionStatus status, WaitWatch watch)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits for brokers as long as it takes.</summary>
    /// <returns>Empty: the brokers give topics no ids, or this topic cannot be looked at, which reading it will tell.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="WedgedClientException">They answer others.</exception>
    public string Ask(CancellationToken cancellation)
    {
        watch.Begin();
        using var admin = new DependentAdminClientBuilder(client.Handle).Build();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                var id = admin.DescribeTopicsAsync(
                        TopicCollection.OfTopicNames([topic]), new DescribeTopicsOptions { RequestTimeout = Timeout })
                    .GetAwaiter().GetResult().TopicDescriptions[0].TopicId;
                return id.MostSignificantBits == 0 && id.LeastSignificantBits == 0 ? "" : id.ToString();
            }
            catch (DescribeTopicsException e) when (IsFinal(e.Results.TopicDescriptions[0].Error.Code))
            {
                return "";
            }
            catch (KafkaException e) when (e.Error.Code == ErrorCode.Local_UnsupportedFeature)
            {
                return "";
            }
            catch (KafkaException e) when (!e.Error.IsFatal)
            {
                // Without an answer, what was kept could be taken for what it is not.
                status.Report(e.Error);
                watch.ThrowIfLeaderAnswersOthers(new TopicPartition(topic, 0), position: -1);
                cancellation.WaitHandle.WaitOne(RetryDelay);
            }
        }
    }

    private static bool IsFinal(ErrorCode code) => code
        is ErrorCode.UnknownTopicOrPart or ErrorCode.TopicAuthorizationFailed or ErrorCode.TopicException;
}
