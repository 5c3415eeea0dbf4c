using System.Globalization;
using Confluent.Kafka;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Asks what the group has committed of a shard's inputs. Every commit writes the changelog first; so offsets without a
/// changelog mean that the changelog was deleted, emptied, or that another topic is named now.</summary>
internal sealed class GroupOffsets(KafkaSettings settings, IConsumer<CapturedBytes, CapturedBytes> consumer, WaitWatch watch)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits for brokers as long as it takes.</summary>
    /// <exception cref="ChangelogLostException">The group has committed an offset of this shard.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="WedgedClientException">They answer others.</exception>
    public void ThrowIfAny(int partition, CancellationToken cancellation)
    {
        foreach (var committed in Committed(partition, cancellation))
        {
            if (committed.Offset.Value >= 0)
            {
                throw new ChangelogLostException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Partition {partition} of changelog topic '{settings.Outputs.Changelog}' holds no commit, but group "
                    + $"'{settings.GroupId}' has read topic '{committed.Topic}' up to offset {committed.Offset.Value}: the state of what was "
                    + $"read is gone. Name the changelog that belongs to the group (outputs.topics.changelog) or restore it from a backup; "
                    + $"or, to rebuild the state from the inputs, name a new group and a new changelog; or, to go on with empty state, "
                    + $"delete the group's offsets."));
            }
        }
    }

    private List<TopicPartitionOffset> Committed(int partition, CancellationToken cancellation)
    {
        var places = settings.Inputs.Select(input => new TopicPartition(input.Topic, partition)).ToList();
        watch.Begin();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return consumer.Committed(places, Timeout);
            }
            catch (KafkaException e) when (!e.Error.IsFatal)
            {
                // Brokers are away or the coordinator moves: without an answer an empty start might be a loss.
                watch.ThrowIfCoordinatorAnswersOthers();
                cancellation.WaitHandle.WaitOne(RetryDelay);
            }
        }
    }
}
