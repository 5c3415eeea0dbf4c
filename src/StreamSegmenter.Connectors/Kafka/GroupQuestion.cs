using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Asks a group's coordinator what it knows of the group.
/// <para>librdkafka (2.16 and before) forgets a question that times out before the coordinator could be reached, and ends the whole process
/// with a failed assertion (<c>eonce->refcnt > 0</c>) when a broker comes back afterwards. So such a question never times out on its own: the
/// wait for it ends here, and the client that asked takes it along when it is disposed of.</para></summary>
internal static class GroupQuestion
{
    private static readonly TimeSpan LongerThanAnyClient = TimeSpan.FromMinutes(30);

    /// <param name="admin">Disposed of soon after: it goes on asking.</param>
    /// <returns>What the coordinator answered, with its error; null: no answer within the time.</returns>
    /// <exception cref="KafkaException">The question could not be put.</exception>
    public static ConsumerGroupDescription? Ask(IAdminClient admin, string group, TimeSpan patience)
    {
        var answer = admin.DescribeConsumerGroupsAsync([group], new DescribeConsumerGroupsOptions { RequestTimeout = LongerThanAnyClient });
        if (Task.WaitAny([answer], patience) < 0)
        {
            return null;
        }

        try
        {
            return answer.GetAwaiter().GetResult().ConsumerGroupDescriptions[0];
        }
        catch (DescribeConsumerGroupsException e)
        {
            return e.Results.ConsumerGroupDescriptions[0];
        }
    }
}
