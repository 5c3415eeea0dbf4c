using System.Text;
using Confluent.Kafka;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Integration;

/// <summary>A commit that was told to have succeeded, and whose markers the partitions have not yet: a successor must wait for
/// them, or it would do that commit's work again.</summary>
public sealed class OpenTransactionTests
{
    [Fact]
    public void A_restore_waits_until_an_open_transaction_is_committed_and_has_its_lines()
    {
        TestBroker.RequireReal();
        Assert.Equal("1", RestoreWhileOpen(predecessor => predecessor.CommitTransaction()).Values["a"]);
    }

    [Fact]
    public void A_restore_waits_until_an_open_transaction_is_aborted_and_has_nothing_of_it()
    {
        TestBroker.RequireReal();
        Assert.Equal(0, RestoreWhileOpen(predecessor => predecessor.AbortTransaction()).Applied);
    }

    [Fact]
    public void A_restore_that_waits_for_an_open_transaction_can_be_cancelled()
    {
        TestBroker.RequireReal();
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        using var predecessor = Begin(broker, settings);
        using var heir = PolledLane.Apart(settings);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromSeconds(2));

        Assert.Throws<OperationCanceledException>(() => heir.Sink.Restore(0, 0, new RestoredState(), cancellation.Token));
    }

    /// <summary>What a restore gives that begins while a commit of <c>a = 1</c> is open, which this ends.</summary>
    private static RestoredState RestoreWhileOpen(Action<IProducer<byte[], byte[]>> end)
    {
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        using var predecessor = Begin(broker, settings);
        using var heir = PolledLane.Apart(settings);
        var state = new RestoredState();

        var restoring = Task.Run(() => heir.Sink.Restore(0, 0, state, CancellationToken.None));
        Assert.False(restoring.Wait(TimeSpan.FromSeconds(3)), "it did not wait");
        end(predecessor);

        Assert.True(restoring.Wait(TimeSpan.FromSeconds(20)), "it waits for ever");
        return state;
    }

    /// <summary>A commit of <c>a = 1</c> that has everything but its end.</summary>
    private static IProducer<byte[], byte[]> Begin(TestBroker broker, KafkaSettings settings)
    {
        var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = broker.BootstrapServers, TransactionalId = broker.Name("predecessor"),
        }).Build();
        producer.InitTransactions(TimeSpan.FromSeconds(20));
        producer.BeginTransaction();
        var partition = new TopicPartition(settings.Outputs.Changelog, 0);
        producer.Produce(partition, new Message<byte[], byte[]> { Key = "a"u8.ToArray(), Value = Encoding.UTF8.GetBytes("1") });
        producer.Produce(partition, new Message<byte[], byte[]> { Key = StateKey.ShardKey.ToArray(), Value = [1] });
        producer.Flush(TimeSpan.FromSeconds(20));
        return producer;
    }
}
