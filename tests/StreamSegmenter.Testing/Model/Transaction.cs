using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Testing.Model;

internal enum TransactionState
{
    Open,
    Committed,
    Aborted,
}

/// <summary>What one producer writes together.</summary>
/// <param name="writer">Its transactional id.</param>
internal sealed class Transaction(string writer, long startedAtMs)
{
    private readonly List<ITransactionalLog> _logs = [];

    public TransactionState State { get; private set; }

    public string Writer => writer;

    public long StartedAtMs => startedAtMs;

    /// <summary>Offsets of the group that become valid with the rest.</summary>
    public Dictionary<InputPartition, long> Offsets { get; } = [];

    public void Touch(ITransactionalLog log)
    {
        if (!_logs.Contains(log))
        {
            _logs.Add(log);
        }
    }

    public void End(TransactionState state)
    {
        State = state;
        _logs.ForEach(log => log.Mark(this));
    }
}
