using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>What it means that a lane's producer was fenced. Most often a successor ended a transaction that had held up its restore
/// (<see cref="OpenTransactions"/>), or the brokers did after its time-out: then that commit is lost and the lane goes on. But another process
/// may have the lane's name (<c>kafka.instance</c>): then this one must stop, lest the two fence each other in turn. The group knows.
/// Lane's thread only.</summary>
internal sealed class ProducerFences(KafkaSettings settings, GroupCommits group)
{
    /// <summary>No successor does it so often. Two processes that have the same transactional id do.</summary>
    private const int InARowMax = 3;

    private int _inARow;

    public void Committed() => _inARow = 0;

    /// <summary>What a fenced commit comes to.</summary>
    /// <param name="partition">A shard of the lane; -1: of none.</param>
    public CommitOutcome Judge(CommitOutcome fenced, int partition)
    {
        _inARow++;
        return _inARow > InARowMax || (settings.InstanceId is not null && partition >= 0 && group.HasNameOfAnother(partition))
            ? fenced
            : fenced with { Status = CommitStatus.Aborted };
    }
}
