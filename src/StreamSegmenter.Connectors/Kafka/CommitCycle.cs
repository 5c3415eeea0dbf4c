using System.Globalization;
using Confluent.Kafka;
using StreamSegmenter.Engine.Lanes;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>The one place where a lane commits. Order, with the steps in brackets only for exactly-once:
/// <code>
/// [begin transaction]
/// without a transaction ask the group whether this still is a member
/// produce the outputs; without a transaction wait until every one is delivered, and ask again
/// produce the changelog, wait until every record is delivered
/// commit the offsets [into the transaction]
/// [commit transaction]
/// </code>
/// At-least-once waits in the middle because the changelog says how far a shard is: no state may tell of an event whose
/// outputs could still be lost. Dying before the end repeats outputs, with equal ids. Any trouble drops the producer with
/// whatever it still had queued, so nothing of an aborted commit is written after a later one. Lane's thread only.</summary>
internal sealed class CommitCycle : IDisposable
{
    private static readonly TimeSpan PollSlice = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AbortTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AbortTimeoutWhenGivingUp = TimeSpan.FromSeconds(1);

    // The client's calls cannot be cancelled, but those of a transaction may be taken up again where they stood.
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(500);

    // Unlike those, sending offsets begins anew with every call.
    private static readonly TimeSpan OffsetsSlice = TimeSpan.FromSeconds(5);

    private readonly KafkaSettings _settings;
    private readonly IConsumer<CapturedBytes, CapturedBytes> _consumer;
    private readonly Func<IProducer<byte[], byte[]>> _makeProducer;
    private readonly TimeProvider _clock;
    private readonly Action<string, Error> _refused;
    private readonly RecordSink _send;
    private readonly Func<bool> _outOfTime;
    private readonly List<TopicPartitionOffset> _offsets = [];
    private readonly Dictionary<InputPartition, long> _committed = [];
    private IProducer<byte[], byte[]>? _producer;
    private BatchRecordWriter? _records;
    private CancellationToken _cancellation;
    private CommitOutcome? _failure;
    private bool _inTransaction;
    private bool _mayBeDurable;
    private long _startedAt;

    public CommitCycle(
        KafkaSettings settings, IConsumer<CapturedBytes, CapturedBytes> consumer,
        Func<IProducer<byte[], byte[]>> makeProducer, TimeProvider clock)
    {
        _settings = settings;
        _consumer = consumer;
        _makeProducer = makeProducer;
        _clock = clock;
        _refused = OnRefused;
        _send = Send;
        _outOfTime = () => _cancellation.IsCancellationRequested || TimeLeft == TimeSpan.Zero;
    }

    private bool Transactional => _settings.Delivery == DeliveryMode.ExactlyOnce;

    private TimeSpan TimeLeft
    {
        get
        {
            var left = TimeSpan.FromMilliseconds(_settings.CommitTimeoutMs) - _clock.GetElapsedTime(_startedAt);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>The partition comes anew: what was committed of it is another's affair.</summary>
    public void Forget(int partition)
    {
        for (var input = 0; input < _settings.Inputs.Count; input++)
        {
            _committed.Remove(new InputPartition(input, partition));
        }
    }

    /// <summary>Fences a predecessor of the same name and ends its open transaction, before state is restored.</summary>
    public void Prepare(CancellationToken cancellation)
    {
        Begin(cancellation);
        if (Transactional && !Attempt(Open))
        {
            Abandon();
        }
    }

    public CommitOutcome Run(CommitUnit unit, OutputWriter writer, CancellationToken cancellation)
    {
        Begin(cancellation);
        var produces = unit.Outbox.Count + unit.Changelog.Count > 0;
        var committed = (!(produces || Transactional) || Attempt(Open))
            && (!Transactional || Attempt(BeginTransaction))
            && (!produces || Produce(unit, writer))
            && (unit.Offsets.Count == 0 || Attempt(() => CommitOffsets(unit.Offsets)))
            && (!Transactional || Attempt(CommitTransaction));
        return committed ? CommitOutcome.Committed : Abandon();
    }

    /// <summary>Adds, per partition, the offset behind the last changelog line that was delivered. After a commit succeeded: every
    /// trouble drops the producer, so it never had another.</summary>
    public void ReadDelivered(Dictionary<int, long> positions)
    {
        foreach (var (partition, offset) in _records?.Delivered ?? [])
        {
            positions[partition] = offset;
        }
    }

    public void Dispose() => DropProducer();

    private void Begin(CancellationToken cancellation)
    {
        _cancellation = cancellation;
        _failure = null;
        _mayBeDurable = false;
        _startedAt = _clock.GetTimestamp();
    }

    private void Open()
    {
        if (_producer is null)
        {
            _producer = _makeProducer();
            _records = new BatchRecordWriter(_producer, _settings.Outputs.Changelog);
            if (Transactional)
            {
                Repeat(() => _producer.InitTransactions(Shorter(TimeLeft, Slice)));
            }
        }
    }

    private void BeginTransaction()
    {
        _producer!.BeginTransaction();
        _inTransaction = true;
    }

    private bool Produce(CommitUnit unit, OutputWriter writer)
    {
        // Nothing is outstanding: what librdkafka asks of the client itself, such as a new token, is served here.
        _producer!.Poll(TimeSpan.Zero);
        if (!ProvesMembership(unit) || !writer.WriteOutputs(unit.Outbox, _send) || !(Transactional || (Drain() && ProvesMembership(unit))))
        {
            return false;
        }

        // Without a transaction a line counts once it stands there, reported or not; of several shards, some may be complete.
        _mayBeDurable = !Transactional && unit.Changelog.Count > 0;
        return writer.WriteChangelog(unit.Changelog, _send) && Drain();
    }

    /// <summary>Queues one record; false once the commit has failed, so that the writer stops.</summary>
    private bool Send(string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        while (_failure is null)
        {
            var error = _records!.Send(topic, partition, key, value);
            if (error == ErrorCode.NoError)
            {
                return true;
            }

            if (error == ErrorCode.Local_QueueFull)
            {
                _records.TakeReports(PollSlice, _refused);
                CheckTime("the producer's queue stays full");
            }
            else
            {
                OnRefused(topic, new Error(error));
            }
        }

        return false;
    }

    private bool Drain()
    {
        while (_records!.Outstanding > 0 && _failure is null)
        {
            _records.TakeReports(PollSlice, _refused);
            CheckTime("records are not delivered");
        }

        return _failure is null;
    }

    private bool ProvesMembership(CommitUnit unit) => Transactional || Attempt(() => ProveMembership(unit.Offsets));

    /// <summary>A process that stood still for longer than its session lasts does not know yet that its partitions are another's by
    /// now. Its triggers only repeat; its panes and memberships would stand behind the other's newer ones, and its changelog
    /// lines undo the other's. So it commits again what it has committed: the group refuses that from whom it has forgotten. What
    /// is left is to stand still between this and the next lines; only a transaction fences that too.</summary>
    private void ProveMembership(Dictionary<InputPartition, long> offsets)
    {
        _offsets.Clear();
        foreach (var partition in offsets.Keys)
        {
            if (_committed.TryGetValue(partition, out var offset))
            {
                _offsets.Add(new TopicPartitionOffset(_settings.Inputs[partition.Input].Topic, partition.Partition, offset));
            }
        }

        if (_offsets.Count > 0)
        {
            OffsetCommit.Run(_consumer, _offsets, _outOfTime);
        }
    }

    private void CommitOffsets(Dictionary<InputPartition, long> offsets)
    {
        _offsets.Clear();
        foreach (var (partition, offset) in offsets)
        {
            _offsets.Add(new TopicPartitionOffset(_settings.Inputs[partition.Input].Topic, partition.Partition, offset));
        }

        if (Transactional)
        {
            // A client that has learned that it is no member any more has no generation either, and with none the broker
            // would take the offsets as from somebody who needs no fence. It stays so until the next poll.
            var member = _consumer.ConsumerGroupMetadata;
            if (string.IsNullOrEmpty(_consumer.MemberId))
            {
                throw new KafkaException(new Error(ErrorCode.UnknownMemberId, "this lane is no member of the group any more"));
            }

            Repeat(() => _producer!.SendOffsetsToTransaction(_offsets, member, Shorter(TimeLeft, OffsetsSlice)));
        }
        else
        {
            _mayBeDurable = true;
            OffsetCommit.Run(_consumer, _offsets, _outOfTime);
            foreach (var (partition, offset) in offsets)
            {
                _committed[partition] = offset;
            }
        }
    }

    private void CommitTransaction()
    {
        _mayBeDurable = true;
        Repeat(() => _producer!.CommitTransaction(Shorter(TimeLeft, Slice)));
        _inTransaction = false;
    }

    /// <summary>A retriable error means the client could not finish in time and may be asked to go on.</summary>
    private void Repeat(Action step)
    {
        while (true)
        {
            try
            {
                step();
                return;
            }
            catch (KafkaRetriableException) when (!_outOfTime())
            {
            }
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private void CheckTime(string what)
    {
        if (_records!.Outstanding > 0 && _failure is null && _outOfTime())
        {
            var why = _cancellation.IsCancellationRequested ? "there is no more time, the process stops" : string.Create(
                CultureInfo.InvariantCulture, $"gave up after {_settings.CommitTimeoutMs} ms (kafka.commitTimeout)");
            _failure = new CommitOutcome(
                CommitStatus.Aborted, string.Create(CultureInfo.InvariantCulture, $"{what}, {_records.Outstanding} left: {why}"));
        }
    }

    private bool Attempt(Action step)
    {
        try
        {
            step();
            return true;
        }
        catch (KafkaException e)
        {
            _failure ??= CommitFailures.OfCommit(e.Error);
            return false;
        }
    }

    private void OnRefused(string topic, Error error) => _failure ??= CommitFailures.OfProduce(topic, error);

    private CommitOutcome Abandon()
    {
        var outcome = _failure ?? new CommitOutcome(CommitStatus.Aborted, "the commit did not finish");
        if (outcome.Status == CommitStatus.Aborted && _records?.Fatal is { } fatal)
        {
            outcome = CommitFailures.OfCommit(fatal);
        }

        if (_inTransaction && outcome.Status == CommitStatus.Aborted)
        {
            outcome = AbortTransaction() ?? outcome;
        }

        DropProducer();
        return _mayBeDurable && outcome.Status == CommitStatus.Aborted ? outcome with { Status = CommitStatus.InDoubt } : outcome;
    }

    /// <summary>Frees the partitions for readers at once: without it the broker does the same after the timeout. What failed may
    /// have been a record that the client purged after it was fenced; only now it says so.</summary>
    private CommitOutcome? AbortTransaction()
    {
        try
        {
            _producer!.AbortTransaction(_cancellation.IsCancellationRequested ? AbortTimeoutWhenGivingUp : AbortTimeout);
        }
        catch (KafkaException e) when (CommitFailures.OfCommit(e.Error) is { Status: not CommitStatus.Aborted } final)
        {
            return final;
        }
        catch (KafkaException)
        {
            // Neither fenced nor refused for ever: the transaction times out.
        }

        return null;
    }

    private void DropProducer()
    {
        _inTransaction = false;
        _records?.Dispose();
        _records = null;
        _producer?.Dispose();
        _producer = null;
    }
}
