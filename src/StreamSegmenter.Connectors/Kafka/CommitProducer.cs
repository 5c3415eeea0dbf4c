using System.Globalization;
using Confluent.Kafka;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>The producer of a lane's commits, from one trouble to the next: who has failed is disposed of with whatever it still had
/// queued, so nothing of an aborted commit is written after a later one. Lane's thread only.</summary>
internal sealed class CommitProducer(IProducer<byte[], byte[]> producer, string changelog, CommitDeadline deadline) : IDisposable
{
    private static readonly TimeSpan PollSlice = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AbortTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AbortTimeoutWhenGivingUp = TimeSpan.FromSeconds(1);

    // The client's calls cannot be cancelled, but those of a transaction may be taken up again where they stood.
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(500);

    // Unlike those, sending offsets begins anew with every call.
    private static readonly TimeSpan OffsetsSlice = TimeSpan.FromSeconds(5);

    private readonly BatchRecordWriter _records = new(producer, changelog) { Statistics = deadline.Answers.ReadStatistics };

    /// <summary>Why a record was not written, the first one of them; null while all were.</summary>
    public CommitOutcome? Failure { get; private set; }

    /// <summary>Why it can never write again; null when it can.</summary>
    public Error? Fatal => _records.Fatal;

    public bool IsInTransaction { get; private set; }

    /// <summary>Per partition of the changelog the offset behind the last line that was delivered since this was cleared.</summary>
    public Dictionary<int, long> Delivered => _records.Delivered;

    /// <summary>Fences a predecessor of the same name and ends its open transaction.</summary>
    public void InitTransactions() => deadline.Repeat(() => producer.InitTransactions(deadline.AtMost(Slice)));

    public void BeginTransaction()
    {
        producer.BeginTransaction();
        IsInTransaction = true;
    }

    /// <summary>Serves what librdkafka asks of the client itself, such as a new token. Only while nothing is outstanding.</summary>
    public void Serve() => producer.Poll(TimeSpan.Zero);

    /// <summary>Queues one record; false once one has failed, so that the writer stops.</summary>
    public bool Send(string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        while (Failure is null)
        {
            var error = _records.Send(topic, partition, key, value);
            if (error == ErrorCode.NoError)
            {
                return true;
            }

            if (error == ErrorCode.Local_QueueFull)
            {
                TakeReports("the producer's queue stays full");
            }
            else
            {
                OnRefused(topic, new Error(error));
            }
        }

        return false;
    }

    /// <summary>Waits until every record is delivered; false once one has failed.</summary>
    public bool Drain()
    {
        while (_records.Outstanding > 0 && Failure is null)
        {
            TakeReports("records are not delivered");
        }

        return Failure is null;
    }

    public void SendOffsets(IEnumerable<TopicPartitionOffset> offsets, IConsumerGroupMetadata member) =>
        deadline.Repeat(() => producer.SendOffsetsToTransaction(offsets, member, deadline.AtMost(OffsetsSlice)));

    public void CommitTransaction()
    {
        deadline.Repeat(() => producer.CommitTransaction(deadline.AtMost(Slice)));
        IsInTransaction = false;
    }

    /// <summary>Frees the partitions for readers at once: without it the broker does the same after the timeout.</summary>
    /// <exception cref="KafkaException">It was fenced, or the broker did not hear.</exception>
    public void AbortTransaction() => producer.AbortTransaction(deadline.IsHopeless ? AbortTimeoutWhenGivingUp : AbortTimeout);

    public void Dispose()
    {
        _records.Dispose();
        ClientDisposal.Run(producer);
    }

    /// <param name="trouble">What it means when there is no time left.</param>
    private void TakeReports(string trouble)
    {
        var before = _records.Outstanding;
        _records.TakeReports(PollSlice, OnRefused);
        if (_records.Outstanding < before)
        {
            deadline.Heard();
        }

        if (_records.Outstanding > 0 && deadline.HasPassed())
        {
            Failure ??= new CommitOutcome(
                CommitStatus.Aborted, string.Create(CultureInfo.InvariantCulture, $"{trouble}, {_records.Outstanding} left: {deadline.Reason}"));
        }
    }

    private void OnRefused(string topic, Error error) => Failure ??= error.Code == ErrorCode.Local_MsgTimedOut
        ? new CommitOutcome(CommitStatus.Aborted, $"topic '{topic}': a record is not delivered: {deadline.OutOfTime}")
        : CommitFailures.OfProduce(topic, error);
}
