using System.Diagnostics;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Perf.Load;

/// <summary>A source that tells how many records it has delivered, and asks its caller to stop after the last one.</summary>
internal sealed class MeteredSource(ILaneSource inner, long warmUpEvents, long events, LoadMeter meter, Action onAllDelivered) : ILaneSource
{
    private static readonly TimeSpan StarvedAfter = TimeSpan.FromMinutes(1);
    private long _deliveredAt = Stopwatch.GetTimestamp();
    private long _delivered;
    private bool _ended;

    public IAssignmentListener? Listener
    {
        get => inner.Listener;
        set => inner.Listener = value;
    }

    public void Poll(PolledRecords polled, TimeSpan timeout)
    {
        // The poll after the last record: what it brought has been processed by now.
        if (_delivered >= events && !_ended)
        {
            _ended = true;
            onAllDelivered();
        }

        inner.Poll(polled, timeout);
        ThrowIfStarved(polled.RecordCount);
        var before = _delivered;
        _delivered += polled.RecordCount;
        if (before < warmUpEvents && _delivered >= warmUpEvents)
        {
            meter.Start(_delivered);
        }
    }

    public void ReportProgress(IDictionary<InputPartition, PartitionProgress> progress) => inner.ReportProgress(progress);

    public void Pause(InputPartition partition) => inner.Pause(partition);

    public void Resume(InputPartition partition) => inner.Resume(partition);

    public void Seek(InputPartition partition, long offset) => inner.Seek(partition, offset);

    public void Close() => inner.Close();

    public void Dispose() => inner.Dispose();

    // Records that the broker dropped would otherwise be waited for in vain.
    private void ThrowIfStarved(int records)
    {
        if (records > 0)
        {
            _deliveredAt = Stopwatch.GetTimestamp();
        }
        else if (!_ended && Stopwatch.GetElapsedTime(_deliveredAt) > StarvedAfter)
        {
            throw new TimeoutException($"no record for {StarvedAfter.TotalSeconds} s after {_delivered} of {events}");
        }
    }
}
