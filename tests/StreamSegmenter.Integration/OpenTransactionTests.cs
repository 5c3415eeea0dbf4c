using System.Text;
using Confluent.Kafka;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Integration;

/// <summary>A transaction that a predecessor left open. It may be a commit that was told to have succeeded, and whose markers the
/// partitions have not yet: a successor must wait for them, or it would do that commit's work again. Most often its writer is
/// dead: then its successor ends it.</summary>
public sealed class OpenTransactionTests
{
    private const int TimeoutMs = 60_000;
    private static readonly TimeSpan HalfATimeout = TimeSpan.FromMilliseconds(TimeoutMs / 2);

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

    [Fact]
    public void A_transaction_that_names_its_writer_is_ended_by_the_restore_that_it_holds_up()
    {
        TestBroker.RequireReal();
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        var id = settings.GroupId + "-dead-0";
        using var predecessor = Begin(broker, settings, id, signature: id);
        var ended = new List<OpenTransaction>();
        using var heir = PolledLane.Apart(settings, ended.Add);
        var state = new RestoredState();

        var restoring = Task.Run(() => heir.Sink.Restore(0, 0, state, CancellationToken.None));
        Assert.True(Ends(restoring, HalfATimeout), "it waits for the brokers");

        Assert.Equal(new OpenTransaction(settings.Outputs.Changelog, 0, id, null), Assert.Single(ended));
        Assert.Equal(0, state.Applied);
        Assert.Throws<KafkaException>(() => predecessor.CommitTransaction());
    }

    [Fact]
    public void One_that_names_a_writer_of_another_group_is_left_to_the_brokers()
    {
        TestBroker.RequireReal();
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks");
        var id = broker.Name("another-group") + "-0";
        using var predecessor = Begin(broker, settings, id, signature: id);
        var ended = new List<OpenTransaction>();
        using var heir = PolledLane.Apart(settings, ended.Add);

        var restoring = Task.Run(() => heir.Sink.Restore(0, 0, new RestoredState(), CancellationToken.None));
        Assert.False(Ends(restoring, TimeSpan.FromSeconds(5)), "it did not wait");
        predecessor.CommitTransaction();

        Assert.True(Ends(restoring, HalfATimeout), "it waits for ever");
        Assert.Empty(ended);
    }

    [Fact]
    public void The_first_line_of_a_commit_names_its_transactional_id_in_every_partition_and_carries_no_state()
    {
        TestBroker.RequireReal();
        using var broker = new TestBroker();
        var settings = broker.Settings(2, "clicks") with { Delivery = DeliveryMode.ExactlyOnce };
        using var lane = PolledLane.Joined(settings);
        lane.Commit((0, "a", "1"), (1, "b", "2"));

        var lines = broker.ReadAll(settings.Outputs.Changelog);

        var signature = (Encoding.UTF8.GetString(StateKey.BarrierKey), ClientConfigs.TransactionalId(settings, 0));
        Assert.All(Enumerable.Range(0, 2), partition =>
        {
            var first = lines.First(line => line.Partition == partition);
            Assert.Equal(signature, (first.Key, first.Value));
        });
        var state = new RestoredState();
        lane.Sink.Restore(0, 0, state, CancellationToken.None);
        Assert.Equal(["a"], state.Values.Keys);
    }

    /// <summary>The price of a wrong guess: whoever lives and loses a shard may be fenced while it holds others.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("named")]
    public void A_lane_whose_transactions_a_successor_ends_loses_one_commit_and_goes_on(string? name)
    {
        TestBroker.RequireReal();
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks") with { Delivery = DeliveryMode.ExactlyOnce, InstanceId = name is null ? null : broker.Name(name) };
        using var lane = PolledLane.Joined(settings);
        lane.Commit((0, "a", "1"));
        Fence(broker, settings);

        Assert.Equal(CommitStatus.Aborted, lane.Commit(CommitUnits.Of((0, "a", "2"))).Status);

        lane.Commit((0, "a", "3"));
        Assert.Equal(["1", "3"], broker.ReadAll(settings.Outputs.Changelog).Where(line => line.Key == "a").Select(line => line.Value));
    }

    [Fact]
    public void A_lane_that_is_fenced_time_and_again_ends_because_another_process_has_its_transactional_id()
    {
        TestBroker.RequireReal();
        using var broker = new TestBroker();
        var settings = broker.Settings(1, "clicks") with { Delivery = DeliveryMode.ExactlyOnce };
        using var lane = PolledLane.Joined(settings);
        CommitStatus CommitFenced()
        {
            var unit = CommitUnits.Of((0, "a", "1"));
            Fence(broker, settings);
            return lane.Commit(unit).Status;
        }

        lane.Commit((0, "a", "0"));
        var outcomes = Enumerable.Range(0, 4).Select(_ =>
        {
            lane.Sink.Restore(0, 0, new RestoredState(), CancellationToken.None);
            return CommitFenced();
        }).ToList();

        Assert.Equal([CommitStatus.Aborted, CommitStatus.Aborted, CommitStatus.Aborted, CommitStatus.Fenced], outcomes);
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

    private static bool Ends(Task task, TimeSpan within) => task.Wait(within);

    /// <summary>As a successor does it that a transaction of this lane holds up.</summary>
    private static void Fence(TestBroker broker, KafkaSettings settings)
    {
        using var successor = Producer(broker, ClientConfigs.TransactionalId(settings, 0));
        successor.InitTransactions(TimeSpan.FromSeconds(20));
    }

    private static IProducer<byte[], byte[]> Producer(TestBroker broker, string id) => new ProducerBuilder<byte[], byte[]>(
        new ProducerConfig { BootstrapServers = broker.BootstrapServers, TransactionalId = id, TransactionTimeoutMs = TimeoutMs }).Build();

    /// <summary>A commit of <c>a = 1</c> that has everything but its end.</summary>
    private static IProducer<byte[], byte[]> Begin(TestBroker broker, KafkaSettings settings, string? id = null, string? signature = null)
    {
        var producer = Producer(broker, id ?? broker.Name("predecessor"));
        producer.InitTransactions(TimeSpan.FromSeconds(20));
        producer.BeginTransaction();
        var partition = new TopicPartition(settings.Outputs.Changelog, 0);
        if (signature is not null)
        {
            producer.Produce(partition, new Message<byte[], byte[]> { Key = StateKey.BarrierKey.ToArray(), Value = Encoding.UTF8.GetBytes(signature) });
        }

        producer.Produce(partition, new Message<byte[], byte[]> { Key = "a"u8.ToArray(), Value = Encoding.UTF8.GetBytes("1") });
        producer.Produce(partition, new Message<byte[], byte[]> { Key = StateKey.ShardKey.ToArray(), Value = [1] });
        producer.Flush(TimeSpan.FromSeconds(20));
        return producer;
    }
}
