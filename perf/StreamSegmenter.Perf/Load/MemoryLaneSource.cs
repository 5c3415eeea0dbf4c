using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Perf.Load;

/// <summary>Delivers the records of a log as a consumer would, a bounded number per poll and partition by partition in turn, and decodes
/// them. Everything of the engine's way is in the measurement but Kafka's client.</summary>
internal sealed class MemoryLaneSource(RecordLog log, IRecordDecoder decoder) : ILaneSource
{
    private const int RecordsPerPoll = 2_000;
    private const int RecordsInTurn = 250;

    private readonly int[] _positions = new int[log.Partitions];
    private readonly bool[] _paused = new bool[log.Partitions];
    private bool _assigned;
    private int _turn;

    public IAssignmentListener? Listener { get; set; }

    public void Poll(PolledRecords polled, TimeSpan timeout)
    {
        if (!_assigned)
        {
            Assign();
        }

        for (var tries = 0; tries < log.Partitions && polled.RecordCount < RecordsPerPoll; tries++)
        {
            Deliver(polled, _turn);
            _turn = (_turn + 1) % log.Partitions;
        }
    }

    public void ReportProgress(IDictionary<InputPartition, PartitionProgress> progress)
    {
        for (var partition = 0; partition < log.Partitions; partition++)
        {
            progress[new InputPartition(0, partition)] = new PartitionProgress(_positions[partition], log.CountOf(partition));
        }
    }

    public void Pause(InputPartition partition) => _paused[partition.Partition] = true;

    public void Resume(InputPartition partition) => _paused[partition.Partition] = false;

    public void Seek(InputPartition partition, long offset) => _positions[partition.Partition] = (int)offset;

    public void Close()
    {
    }

    public void Dispose()
    {
    }

    private void Assign()
    {
        _assigned = true;
        Span<long> start = stackalloc long[1];
        for (var partition = 0; partition < log.Partitions; partition++)
        {
            start[0] = -1;
            Listener!.OnAssigned(partition, start);
        }
    }

    private void Deliver(PolledRecords polled, int partition)
    {
        var end = _paused[partition] ? 0 : Math.Min(log.CountOf(partition), _positions[partition] + RecordsInTurn);
        for (; _positions[partition] < end; _positions[partition]++)
        {
            var record = new SourceRecord
            {
                Input = 0, Partition = partition, Offset = _positions[partition], TimestampMs = -1, Value = log[partition, _positions[partition]],
            };
            polled.RecordCount++;
            polled.ByteCount += record.Value.Length;
            if (decoder.Decode(in record, polled.Events).Status != DecodeStatus.Decoded)
            {
                throw new InvalidDataException($"the load's own record {partition}/{_positions[partition]} cannot be decoded");
            }
        }
    }
}
