using System.Text;
using Confluent.Kafka;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Ends a transaction that a predecessor left open in a partition of the changelog, so that a restore need not wait until the
/// brokers do it (after <c>kafka.commitTimeout</c>, and up to 10 s more).
/// <para>The first line of every transaction in a partition of the changelog names its transactional id (<see cref="CommitCycle"/>), and
/// it stands where readers of committed records must stop. When a restore has been held there for <see cref="Patience"/>, this reads the
/// line and initialises a producer under that id, whereupon the brokers abort what is open under it.</para>
/// <para>Why that is safe. The partition's new owner restores, so the group has taken the shard from whoever wrote. A commit that its
/// coordinator has decided is never undone: the brokers finish it first. Any other is aborted as a whole, offsets included, and the new
/// owner does its work again. If its writer lives, it was fenced, loses what it had not committed and goes on under the same id
/// (<see cref="ProducerFences"/>); it cannot hold this shard again unless the group gives it back, so the two do not fence each other in
/// turn. One thread only.</para></summary>
/// <param name="ended">Hears of each, also when it could not be ended; null: nobody does.</param>
internal sealed class OpenTransactions(KafkaSettings settings, int lane, TimeProvider clock, Action<OpenTransaction>? ended)
{
    /// <summary>Whoever gives a shard up in order has ended its transaction before, and a commit takes a fraction of this. A wrong guess
    /// costs its writer one commit, so there is no reason to wait longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PeekMax = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan InitialiseMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(200);

    private long _since = clock.GetTimestamp();

    /// <summary>A restore has waited long enough to look.</summary>
    public bool IsDue => clock.GetElapsedTime(_since) >= Patience;

    /// <summary>A restore begins, or gets on.</summary>
    public void Begin() => _since = clock.GetTimestamp();

    /// <summary>Ends the transaction whose first record stands here, if it can be told whose it is. The brokers end it in any case, later.</summary>
    /// <param name="stable">Where readers of committed records must stop.</param>
    public void End(TopicPartition place, Offset stable, CancellationToken cancellation)
    {
        if (WriterAt(new TopicPartitionOffset(place, stable), cancellation) is { } writer)
        {
            ended?.Invoke(new OpenTransaction(place.Topic, place.Partition.Value, writer, Initialise(writer, cancellation)));
        }

        Begin();
    }

    private string? WriterAt(TopicPartitionOffset start, CancellationToken cancellation)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(ClientConfigs.Peeker(settings, lane))
            .SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        consumer.Assign(start);
        var since = clock.GetTimestamp();
        while (clock.GetElapsedTime(since) < PeekMax && !cancellation.IsCancellationRequested)
        {
            try
            {
                if (consumer.Consume(Slice) is { IsPartitionEOF: false } first)
                {
                    return Signature(first.Message);
                }
            }
            catch (ConsumeException e) when (!e.Error.IsFatal)
            {
                // A leader is being elected.
            }
        }

        return null;
    }

    /// <summary>Null: nobody of this group wrote it, or an engine that did not sign yet.</summary>
    private string? Signature(Message<byte[], byte[]> line)
    {
        var writer = StateKey.BarrierKey.AsSpan().SequenceEqual(line.Key) && line.Value is { Length: > 0 } value ? Encoding.UTF8.GetString(value) : null;
        return writer?.StartsWith(ClientConfigs.TransactionalIdPrefix(settings), StringComparison.Ordinal) == true ? writer : null;
    }

    /// <returns>Why it did not succeed; null: it did.</returns>
    private string? Initialise(string writer, CancellationToken cancellation)
    {
        var producer = new ProducerBuilder<byte[], byte[]>(ClientConfigs.Ender(settings, lane, writer))
            .SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        try
        {
            var since = clock.GetTimestamp();
            while (true)
            {
                try
                {
                    producer.InitTransactions(Slice);
                    return null;
                }
                catch (KafkaRetriableException e)
                {
                    if (cancellation.IsCancellationRequested || clock.GetElapsedTime(since) > InitialiseMax)
                    {
                        return ErrorText.Of(e.Error);
                    }
                }
            }
        }
        catch (KafkaException e)
        {
            return ErrorText.Of(e.Error);
        }
        finally
        {
            ClientDisposal.Run(producer);
        }
    }
}
