using Confluent.Kafka;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Takes a lane's static name over from a member that was killed, so that the lane need not wait until that one's session ends.
/// <para>With the broker's own group protocol a group keeps a name for a member that has not released it, and refuses whoever else comes under
/// it. But a member that joins by the classic protocol takes the name at once, as static members do there, and releases it when it is
/// replaced by one of the broker's protocol: brokers have it so for groups that change from one protocol to the other, member by
/// member. So a client of the classic protocol joins under the name and goes, without leaving.</para>
/// <para>Whoever had the name is no member any more: the group refuses its commits, and with exactly-once its producer is fenced.</para></summary>
internal static class InstanceName
{
    private static readonly TimeSpan JoinMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(50);

    /// <returns>Why the group does not give the name; null: it does.</returns>
    public static string? TakeOver(KafkaSettings settings, int lane, TimeProvider clock, CancellationToken cancellation)
    {
        var error = "the group does not answer";
        var consumer = new ConsumerBuilder<Ignore, Ignore>(ClientConfigs.NameTaker(settings, lane))
            .SetErrorHandler((_, e) => error = ErrorText.Of(e))
            .SetLogHandler((_, _) => { })
            .SetPartitionsAssignedHandler((_, _) => [])
            .Build();
        try
        {
            consumer.Subscribe(settings.Inputs.Select(input => input.Topic));
            var since = clock.GetTimestamp();
            // It has an id once the group has let it in.
            while (string.IsNullOrEmpty(consumer.MemberId))
            {
                if (cancellation.IsCancellationRequested || clock.GetElapsedTime(since) > JoinMax)
                {
                    return error;
                }

                consumer.Consume(Slice);
            }

            return null;
        }
        catch (KafkaException e)
        {
            return ErrorText.Of(e.Error);
        }
        finally
        {
            ClientDisposal.Run(consumer);
        }
    }
}
