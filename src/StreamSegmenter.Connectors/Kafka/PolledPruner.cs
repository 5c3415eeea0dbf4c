using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Takes records out of a poll that is still under way, when a rebalance inside it takes their partitions away or a
/// rollback inside it goes back before them: the next reader of those partitions reads them again.</summary>
internal sealed class PolledPruner(IReadOnlyList<string> topics)
{
    private readonly EventBatch _kept = new();

    /// <param name="leaves">Input and partition: true for what goes.</param>
    public void Remove(PolledRecords polled, Func<int, int, bool> leaves)
    {
        bool Goes(DeadLetter letter) => leaves(IndexOf(letter.Source), letter.Partition);
        polled.Refused.RemoveAll(Goes);
        polled.AheadOfClock.RemoveAll(Goes);
        _kept.Clear();
        foreach (ref var e in polled.Events.Events)
        {
            if (!leaves(e.Input, e.Partition))
            {
                _kept.CopyFrom(polled.Events, in e);
            }
        }

        polled.Events.Clear();
        foreach (ref var e in _kept.Events)
        {
            polled.Events.CopyFrom(_kept, in e);
        }
    }

    private int IndexOf(string topic)
    {
        for (var i = 0; i < topics.Count; i++)
        {
            if (topics[i] == topic)
            {
                return i;
            }
        }

        return -1;
    }
}
