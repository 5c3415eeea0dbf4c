using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Testing.Model;

/// <summary>A producer whose name another one has taken over, or whose transaction timed out, writes or commits.</summary>
internal sealed class FencedException(string message) : Exception(message);

/// <summary>Producers by their transactional id. Each initialisation raises the id's epoch and ends what a predecessor left open;
/// so does the transaction timeout. Whoever comes with an older epoch is fenced.</summary>
internal sealed class TransactionCoordinator(GroupCoordinator group)
{
    private readonly Dictionary<string, Producer> _producers = [];

    private sealed class Producer
    {
        public int Epoch { get; set; }

        public Transaction? Open { get; set; }

        /// <summary>What is open will be committed, whatever comes: its partitions have not heard of it yet.</summary>
        public bool IsDecided { get; set; }
    }

    /// <summary>False: nobody is fenced, as a broken broker would do it. A simulation that finds nothing then is none.</summary>
    public bool Fences { get; init; } = true;

    /// <param name="undoesDecision">True: aborts what was decided, as a broken broker would do it.</param>
    /// <returns>The epoch with which this producer writes.</returns>
    public int Initialise(string id, bool undoesDecision = false)
    {
        if (!_producers.TryGetValue(id, out var producer))
        {
            _producers[id] = producer = new Producer();
        }

        producer.IsDecided &= !undoesDecision;
        Finish(producer, TransactionState.Aborted);
        return ++producer.Epoch;
    }

    /// <summary>Its last one is finished by then: until it is, brokers let a producer wait.</summary>
    public void Begin(string id, int epoch, long nowMs)
    {
        var producer = Current(id, epoch);
        Finish(producer, TransactionState.Aborted);
        producer.Open = new Transaction(id, nowMs);
    }

    public void Append<T>(string id, int epoch, PartitionLog<T> log, T value) => log.Append(value, OpenOf(id, epoch));

    /// <summary>Adds offsets of the group. Whether the group accepts them was asked before.</summary>
    public void AddOffsets(string id, int epoch, IEnumerable<KeyValuePair<InputPartition, long>> offsets)
    {
        var transaction = OpenOf(id, epoch);
        foreach (var (partition, offset) in offsets)
        {
            transaction.Offsets[partition] = offset;
        }
    }

    public void End(string id, int epoch, TransactionState state)
    {
        _ = OpenOf(id, epoch);
        Finish(_producers[id], state);
    }

    /// <summary>Commits, and answers before the partitions and the group hear of it.</summary>
    public void Decide(string id, int epoch)
    {
        _ = OpenOf(id, epoch);
        _producers[id].IsDecided = true;
    }

    /// <summary>The partitions hear of what was decided.</summary>
    public void Settle()
    {
        foreach (var producer in _producers.Values.Where(producer => producer.IsDecided))
        {
            Finish(producer, TransactionState.Committed);
        }
    }

    /// <summary>Ends what was open for too long, and fences its producer.</summary>
    public void Expire(long startedBeforeMs)
    {
        foreach (var producer in _producers.Values)
        {
            if (!producer.IsDecided && producer.Open?.StartedAtMs < startedBeforeMs)
            {
                Finish(producer, TransactionState.Aborted);
                producer.Epoch++;
            }
        }
    }

    private Producer Current(string id, int epoch) => !Fences || _producers[id].Epoch == epoch
        ? _producers[id]
        : throw new FencedException($"producer {id} has epoch {_producers[id].Epoch}, not {epoch}");

    private Transaction OpenOf(string id, int epoch) => Current(id, epoch).Open ??= new Transaction(id, long.MaxValue);

    private void Finish(Producer producer, TransactionState state)
    {
        if (producer.Open is { } open)
        {
            state = producer.IsDecided ? TransactionState.Committed : state;
            (producer.Open, producer.IsDecided) = (null, false);
            open.End(state);
            if (state == TransactionState.Committed)
            {
                group.Commit(open.Offsets);
            }
        }
    }
}
