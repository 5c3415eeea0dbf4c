using System.Collections.Concurrent;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Connectors.Replay;

/// <summary>Feeds a lane with the chunks that the reader hands it, through a queue that is bounded: a reader that is faster waits.</summary>
internal sealed class ReplayLaneSource(IReadOnlyList<int> shards, int inputs) : ILaneSource
{
    private const int QueuedMax = 4;
    private readonly BlockingCollection<ReplayChunk> _queue = new(QueuedMax);
    private readonly ConcurrentBag<ReplayChunk> _free = [];
    private readonly PartitionProgress[] _progress = new PartitionProgress[inputs];
    private bool _assigned;

    public IAssignmentListener? Listener { get; set; }

    /// <summary>A chunk to fill: one that the lane is done with, or a new one.</summary>
    public ReplayChunk Rent() => _free.TryTake(out var chunk) ? chunk : new ReplayChunk(inputs);

    /// <summary>Queues a chunk; waits while the lane is behind.</summary>
    public void Enqueue(ReplayChunk chunk, CancellationToken cancellation) => _queue.Add(chunk, cancellation);

    public void Poll(PolledRecords polled, TimeSpan timeout)
    {
        Assign();
        if (!_queue.TryTake(out var chunk, timeout))
        {
            return;
        }

        polled.Events.Swap(chunk.Polled.Events);
        polled.Refused.AddRange(chunk.Polled.Refused);
        polled.RecordCount = chunk.Polled.RecordCount;
        polled.ByteCount = chunk.Polled.ByteCount;
        polled.EndOfInputMs = chunk.Polled.EndOfInputMs;
        chunk.Progress.CopyTo(_progress, 0);
        chunk.Polled.Clear();
        _free.Add(chunk);
    }

    public void ReportProgress(IDictionary<InputPartition, PartitionProgress> progress)
    {
        for (var input = 0; input < inputs; input++)
        {
            foreach (var shard in shards)
            {
                progress[new InputPartition(input, shard)] = _progress[input];
            }
        }
    }

    /// <summary>Nothing to do: the queue's bound is the back-pressure, and the reader keeps the inputs abreast.</summary>
    public void Pause(InputPartition partition)
    {
    }

    public void Resume(InputPartition partition)
    {
    }

    /// <summary>Never called: a replay's sink cannot abort.</summary>
    public void Seek(InputPartition partition, long offset) =>
        throw new NotSupportedException("A replay reads its input once.");

    public void Close()
    {
    }

    public void Dispose() => _queue.Dispose();

    private void Assign()
    {
        if (_assigned)
        {
            return;
        }

        _assigned = true;
        Span<long> starts = stackalloc long[inputs];
        foreach (var shard in shards)
        {
            Listener!.OnAssigned(shard, starts);
        }
    }
}
