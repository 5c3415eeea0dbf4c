using System.Text;
using Confluent.Kafka;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>The one place where a lane commits. Order, with the steps in brackets only for exactly-once:
/// <code>
/// [begin transaction]
/// without a transaction ask the group whether this still is a member
/// [sign it in every partition of the changelog that it will write to]
/// produce the outputs and what shards tell each other; without a transaction wait until every one is delivered, and ask again
/// produce the changelog, wait until every record is delivered, see that they stand behind those of the last commit
/// commit the offsets [into the transaction]
/// [commit transaction]
/// </code>
/// At-least-once waits in the middle because the changelog says how far a shard is: no state may tell of an event whose
/// outputs could still be lost. Dying before the end repeats outputs, with equal ids. Any trouble drops the producer with
/// whatever it still had queued, so nothing of an aborted commit is written after a later one. Lane's thread only.</summary>
internal sealed class CommitCycle : IDisposable
{
    private readonly KafkaSettings _settings;
    private readonly Func<IProducer<byte[], byte[]>> _makeProducer;
    private readonly CommitDeadline _deadline;
    private readonly GroupCommits _group;
    private readonly ProducerFences _fences;
    private readonly RecordSink _send;
    private readonly byte[] _signature;
    private readonly HashSet<int> _signed = [];
    private readonly Dictionary<int, long> _positions;
    private CommitProducer? _producer;
    private CommitOutcome? _failure;
    private bool _mayBeDurable;
    private int _shard;

    /// <param name="signature">The transactional id of the lane's producers.</param>
    /// <param name="positions">Per partition of the changelog the offset behind the last commit: whose are read here, and
    /// set once one has succeeded.</param>
    public CommitCycle(
        KafkaSettings settings, IConsumer<CapturedBytes, CapturedBytes> consumer,
        Func<IProducer<byte[], byte[]>> makeProducer, string signature, CommitDeadline deadline, Dictionary<int, long> positions)
    {
        _signature = Encoding.UTF8.GetBytes(signature);
        _settings = settings;
        _makeProducer = makeProducer;
        _positions = positions;
        _deadline = deadline;
        _group = new GroupCommits(settings, consumer, deadline, positions);
        _fences = new ProducerFences(settings, _group);
        _send = (topic, partition, key, value) => _producer!.Send(topic, partition, key, value);
    }

    private bool Transactional => _settings.Delivery == DeliveryMode.ExactlyOnce;

    /// <summary>Before a shard's state is restored. Exactly-once: fences a predecessor of the same name and ends its open transaction.
    /// At-least-once: a predecessor, or this lane before a doubt, may have written lines that nobody can read yet, because not
    /// every replica has them. So a line of its own goes behind them: once it is acknowledged, they can be read.</summary>
    /// <exception cref="KafkaLaneException">The changelog refuses lines for ever.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Prepare(int partition, CancellationToken cancellation)
    {
        Begin([partition], cancellation);
        _shard = partition;
        if (Transactional)
        {
            if (!Attempt(Open))
            {
                Abandon();
            }

            return;
        }

        while (!(Attempt(Open) && WriteBarrier(partition)))
        {
            // Also when it is cancelled: the last commit of the other shards needs a producer that has nothing outstanding.
            var outcome = Abandon();
            cancellation.ThrowIfCancellationRequested();
            if (outcome.Status != CommitStatus.Aborted)
            {
                throw new KafkaLaneException(outcome.Reason!);
            }

            Begin([partition], cancellation);
        }
    }

    public CommitOutcome Run(CommitUnit unit, OutputWriter writer, CancellationToken cancellation)
    {
        Begin(unit.Changelog.Select(line => line.Partition), cancellation);
        _shard = unit.AnyPartition;
        var produces = unit.Outbox.Count + unit.Changelog.Count > 0;
        var committed = (!(produces || Transactional) || Attempt(Open))
            && (!Transactional || Attempt(_producer!.BeginTransaction))
            && (!produces || (WriteOutputs(unit, writer) && WriteChangelog(unit, writer)))
            && (unit.Offsets.Count + unit.Changelog.Count == 0 || Attempt(() => CommitOffsets(unit)))
            && (!Transactional || Attempt(CommitTransaction));
        return committed ? Complete() : Abandon();
    }

    public void Dispose() => DropProducer();

    private void Begin(IEnumerable<int> partitions, CancellationToken cancellation)
    {
        _deadline.Begin(
            () => [.. partitions.Distinct().Select(partition => new TopicPartition(_settings.Outputs.Changelog, partition))], cancellation);
        _producer?.Delivered.Clear();
        _failure = null;
        _mayBeDurable = false;
    }

    private void Open()
    {
        if (_producer is null)
        {
            _producer = new CommitProducer(_makeProducer(), _settings.Outputs.Changelog, _deadline);
            if (Transactional)
            {
                _producer.InitTransactions();
            }
        }
    }

    private bool WriteOutputs(CommitUnit unit, OutputWriter writer)
    {
        _producer!.Serve();
        return ProvesMembership(unit) && Sign(unit) && writer.WriteOutputs(unit.Outbox, _send) && writer.WriteExchange(unit.Exchange, _send)
            && (Transactional || (_producer.Drain() && ProvesMembership(unit)));
    }

    /// <summary>Before the outputs, so that whoever restores finds out of a transaction that has nothing but outputs, too, and frees
    /// those who wait to read them.</summary>
    private bool Sign(CommitUnit unit)
    {
        _signed.Clear();
        var last = -1;
        foreach (var line in unit.Changelog)
        {
            if (Transactional && line.Partition != last && _signed.Add(line.Partition)
                && !_send(_settings.Outputs.Changelog, line.Partition, StateKey.BarrierKey, _signature))
            {
                return false;
            }

            last = line.Partition;
        }

        return true;
    }

    private bool WriteChangelog(CommitUnit unit, OutputWriter writer)
    {
        // Without a transaction a line counts once it stands there, reported or not; of several shards, some may be complete.
        _mayBeDurable = !Transactional && unit.Changelog.Count > 0;
        return writer.WriteChangelog(unit.Changelog, _send) && _producer!.Drain() && FollowsTheLastCommit();
    }

    /// <summary>A changelog that was deleted and made again while the lane serves, or cut by an unclean election, has lost what was
    /// acknowledged. To write on would hide that from the next restore: with a transaction, the new topic stays without a commit.</summary>
    private bool FollowsTheLastCommit()
    {
        foreach (var (partition, end) in _producer!.Delivered)
        {
            if (_positions.TryGetValue(partition, out var last) && end <= last)
            {
                _failure ??= CommitFailures.OfLostChangelog(_settings.Outputs.Changelog, partition, last, end);
            }
        }

        return _failure is null;
    }

    private bool WriteBarrier(int partition) =>
        _producer!.Send(_settings.Outputs.Changelog, partition, StateKey.BarrierKey, default) && _producer.Drain();

    private bool ProvesMembership(CommitUnit unit) => Transactional || Attempt(() => _group.ProveMembership(unit));

    private void CommitOffsets(CommitUnit unit)
    {
        if (Transactional)
        {
            _group.CommitWithin(_producer!, unit);
        }
        else
        {
            _mayBeDurable = true;
            _group.Commit(unit, _producer?.Delivered ?? []);
        }
    }

    private void CommitTransaction()
    {
        _mayBeDurable = true;
        _producer!.CommitTransaction();
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

    private CommitOutcome Complete()
    {
        foreach (var (partition, offset) in _producer?.Delivered ?? [])
        {
            _positions[partition] = offset;
        }

        _fences.Committed();
        return CommitOutcome.Committed;
    }

    private CommitOutcome Abandon()
    {
        var outcome = _failure ?? _producer?.Failure ?? new CommitOutcome(CommitStatus.Aborted, "the commit did not finish");
        if (outcome.Status == CommitStatus.Aborted && _producer?.Fatal is { } fatal)
        {
            outcome = CommitFailures.OfCommit(fatal);
        }

        // Also when the group has fenced this lane: readers of what it wrote would wait for the time-out.
        if (_producer is { IsInTransaction: true, Fatal: null })
        {
            outcome = AbortTransaction() ?? outcome;
        }

        DropProducer();
        outcome = outcome.Status == CommitStatus.Fenced ? _fences.Judge(outcome, _shard) : outcome;
        return _mayBeDurable && outcome.Status == CommitStatus.Aborted ? outcome with { Status = CommitStatus.InDoubt } : outcome;
    }

    /// <returns>What failed may have been a record that the client purged after it was fenced; only now it says so.</returns>
    private CommitOutcome? AbortTransaction()
    {
        try
        {
            _producer!.AbortTransaction();
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
        _producer?.Dispose();
        _producer = null;
    }
}
