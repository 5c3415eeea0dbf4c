using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Tests.Scenarios.Harness;

/// <summary>What one poll brings: nothing but the news that time has passed, some events, or the end.</summary>
internal sealed record Delivery(long? WatermarkMs, IReadOnlyList<ScenarioEvent> Events, long? EndMs = null);

/// <summary>The process dies here, right behind a commit.</summary>
internal sealed class KilledException : Exception;

/// <summary>Gives a lane one delivery a poll; kills it after <paramref name="lifetime"/> of them.</summary>
/// <param name="appends">Whether this lane's deliveries go into the log; a second lane finds them there.</param>
internal sealed class ScenarioSource(
    ScenarioLog log, IReadOnlyList<int> partitions, Queue<Delivery> script, IRecordDecoder decoder, long outOfOrdernessMs, int lifetime,
    bool appends) : ILaneSource
{
    private readonly Dictionary<int, long> _positions = [];
    private readonly long[] _ends = new long[log.Partitions];
    private int _polls;

    public IAssignmentListener? Listener { get; set; }

    public void Poll(PolledRecords polled, TimeSpan timeout)
    {
        if (_positions.Count == 0)
        {
            // As with a group: the first poll brings the assignment, and with it what is known of time.
            Assign();
            return;
        }

        if (_polls++ == lifetime)
        {
            throw new KilledException();
        }

        var delivery = script.Dequeue();
        polled.EndOfInputMs = delivery.EndMs;
        if (delivery.WatermarkMs is { } watermarkMs)
        {
            log.InputTimeMs = Math.Max(log.InputTimeMs, watermarkMs + outOfOrdernessMs);
        }

        foreach (var e in delivery.Events)
        {
            if (appends)
            {
                log.Append(e);
            }

            _ends[log.PartitionOf(e.Customer)]++;
        }

        Read(polled);
    }

    public void ReportProgress(IDictionary<InputPartition, PartitionProgress> progress)
    {
        foreach (var partition in partitions)
        {
            progress[new InputPartition(0, partition)] = new PartitionProgress(_positions[partition], -1, log.InputTimeMs);
        }
    }

    public void Pause(InputPartition partition) => throw new NotSupportedException("A scenario fits any buffer.");

    public void Resume(InputPartition partition) => throw new NotSupportedException("Nothing is ever paused.");

    public void Seek(InputPartition partition, long offset) => throw new NotSupportedException("No commit is aborted.");

    public void Close()
    {
    }

    public void Dispose()
    {
    }

    private void Assign()
    {
        Span<long> start = stackalloc long[1];
        foreach (var partition in partitions)
        {
            Listener!.OnAssigned(partition, start);
            _positions[partition] = start[0] >= 0 ? start[0] : log.CommittedOffset(partition);
            _ends[partition] = appends ? log.Records(partition).Count : 0;
        }
    }

    private void Read(PolledRecords polled)
    {
        foreach (var partition in partitions)
        {
            for (; _positions[partition] < _ends[partition]; _positions[partition]++)
            {
                var record = new SourceRecord
                {
                    Input = 0, Partition = partition, Offset = _positions[partition], TimestampMs = -1,
                    Value = log.Records(partition)[(int)_positions[partition]],
                };
                var outcome = RecordIntake.Take(in record, "shop", decoder, polled);
                Assert.Equal(DecodeStatus.Decoded, outcome.Status);
                Assert.Empty(polled.Refused);
            }
        }
    }
}
