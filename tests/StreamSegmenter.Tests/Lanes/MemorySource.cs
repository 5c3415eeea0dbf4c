using StreamSegmenter.Engine.Lanes;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Tests.Telemetry;

namespace StreamSegmenter.Tests.Lanes;

/// <summary>The process dies here.</summary>
internal sealed class CrashException : Exception;

/// <summary>How a lane is made to meet the log: how much a poll brings, and what goes wrong.</summary>
internal sealed record Weather(int Seed)
{
    /// <summary>Records a poll brings at most; 0: everything at once.</summary>
    public int RecordsPerPollMax { get; init; }

    public double AbortShare { get; init; }

    public double CrashShare { get; init; }

    /// <summary>Commits of which a part of the changelog is written, as it happens without transactions.</summary>
    public double HalfWrittenShare { get; init; }

    public double RebalanceShare { get; init; }

    public long WorkingSetBytesMax { get; init; } = 256 << 20;

    /// <summary>So many polls of 100 ms bring nothing before the inputs end; event time is held against the clock then.</summary>
    public int IdlePolls { get; init; }

    /// <summary>Above 0 the log is written while it is read: before each poll the clock moves by up to so much, and records
    /// are there once they arrived. Most partitions fall silent again and again, and event time is held against the clock.</summary>
    public int ClockStepMsMax { get; init; }

    /// <summary>Where checkpoints are taken all the time; null: nowhere.</summary>
    public string? StateDirectory { get; init; }

    /// <summary>The disk under the customer store.</summary>
    public CreateSpillFile Spill { get; init; } = SpillFile.Create;

    public bool HasClock => IdlePolls > 0 || ClockStepMsMax > 0;
}

/// <summary>Reads the log: in portions and interleavings that a seed decides.</summary>
internal sealed class MemorySource(MemoryLog log, Weather weather, Random random, ManualTime time) : ILaneSource
{
    private const int PollsMax = 20_000;
    private readonly SortedDictionary<(int Input, int Partition), long> _positions = [];
    private readonly Dictionary<(int Input, int Partition), int> _arrived = [];
    private readonly HashSet<InputPartition> _paused = [];
    private readonly long _lastArrivalMs = weather.ClockStepMsMax > 0 ? log.LastArrivalMs : 0;
    private int _polls;
    private int _idlePolls = weather.IdlePolls;

    public IAssignmentListener? Listener { get; set; }

    public void Poll(PolledRecords polled, TimeSpan timeout)
    {
        Assert.True(_polls++ < PollsMax, "the lane polls and polls and does not come to the end");
        MoveClock();
        Rebalance();
        if (random.NextDouble() < weather.CrashShare)
        {
            throw new CrashException();
        }

        var budget = weather.RecordsPerPollMax == 0 ? int.MaxValue : random.Next(1, weather.RecordsPerPollMax + 1);
        var readable = Readable();
        if (readable.Count == 0 && _positions.All(place => place.Value >= RecordsOf(place.Key).Count))
        {
            if (_idlePolls-- > 0)
            {
                time.Advance(TimeSpan.FromMilliseconds(100));
                return;
            }

            polled.EndOfInputMs = log.InOrder() is [.., var last] ? last.Fact.TimeMs : 0;
        }

        while (budget-- > 0 && readable.Count > 0)
        {
            Read(readable[random.Next(readable.Count)], polled);
            readable = Readable();
        }
    }

    public void ReportProgress(IDictionary<InputPartition, PartitionProgress> progress)
    {
        foreach (var (place, position) in _positions)
        {
            progress[new InputPartition(place.Input, place.Partition)] =
                new PartitionProgress(position, End(place), Ended: !weather.HasClock && position >= End(place));
        }
    }

    public void Pause(InputPartition partition) => Assert.True(_paused.Add(partition));

    public void Resume(InputPartition partition) => Assert.True(_paused.Remove(partition));

    public void Seek(InputPartition partition, long offset) =>
        _positions[(partition.Input, partition.Partition)] = offset >= 0 ? offset : log.CommittedOffset(partition);

    public void Close()
    {
    }

    public void Dispose()
    {
    }

    private void Rebalance()
    {
        if (_positions.Count == 0)
        {
            Assign([.. Enumerable.Range(0, log.Partitions)]);
        }
        else if (random.NextDouble() < weather.RebalanceShare)
        {
            int[] taken = [random.Next(log.Partitions)];
            if (random.Next(2) == 0)
            {
                Listener!.OnRevoking(taken);
            }
            else
            {
                Listener!.OnLost(taken);
            }

            _paused.RemoveWhere(partition => partition.Partition == taken[0]);
            Assign(taken);
        }
    }

    private void Assign(int[] partitions)
    {
        Span<long> starts = stackalloc long[log.Inputs];
        foreach (var partition in partitions)
        {
            starts.Fill(-7);
            Listener!.OnAssigned(partition, starts);
            for (var input = 0; input < starts.Length; input++)
            {
                var committed = log.CommittedOffset(new InputPartition(input, partition));
                Assert.True(starts[input] == -1 || starts[input] == committed, "changelog and group differ");
                _positions[(input, partition)] = committed;
            }
        }
    }

    private IReadOnlyList<MemoryRecord> RecordsOf((int Input, int Partition) place) =>
        log.Records(new InputPartition(place.Input, place.Partition));

    /// <summary>Never beyond the last arrival: what would fire only after the log's end stays pending.</summary>
    private void MoveClock()
    {
        if (weather.ClockStepMsMax == 0)
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            return;
        }

        var nowMs = time.NowMs;
        var nextMs = _positions.Keys.Where(place => End(place) < RecordsOf(place).Count)
            .Select(place => RecordsOf(place)[(int)End(place)].ArrivesMs).DefaultIfEmpty(nowMs).Min();
        var stepMs = Math.Max(1 + random.Next(random.Next(3) == 0 ? 2000 : weather.ClockStepMsMax), (nextMs - nowMs) / 2);
        time.Advance(TimeSpan.FromMilliseconds(Math.Min(stepMs, _lastArrivalMs - nowMs)));
    }

    private long End((int Input, int Partition) place)
    {
        var records = RecordsOf(place);
        var end = _arrived.GetValueOrDefault(place);
        while (end < records.Count && records[end].ArrivesMs <= time.NowMs)
        {
            end++;
        }

        return _arrived[place] = end;
    }

    private List<(int Input, int Partition)> Readable() =>
    [
        .. _positions.Where(place => place.Value < End(place.Key)
            && !_paused.Contains(new InputPartition(place.Key.Input, place.Key.Partition))).Select(place => place.Key),
    ];

    private void Read((int Input, int Partition) place, PolledRecords polled)
    {
        var partition = new InputPartition(place.Input, place.Partition);
        var offset = _positions[place]++;
        var record = log.Records(partition)[(int)offset];
        polled.RecordCount++;
        if (record.IsRefused)
        {
            polled.Refused.Add(MemoryLog.Letter(partition, offset));
        }

        for (var index = 0; index < record.Facts.Count; index++)
        {
            record.Facts[index].Write(polled.Events, place.Input, place.Partition, offset, index);
        }
    }
}

/// <summary>Commits to the log; aborts and dies where the seed says so, also right behind a commit that succeeded.</summary>
internal sealed class MemorySink(MemoryLog log, Weather weather, Random random) : ILaneSink
{
    private readonly Dictionary<int, long> _positions = [];

    public CommitOutcome Commit(CommitUnit unit, CancellationToken cancellation)
    {
        if (random.NextDouble() < weather.HalfWrittenShare)
        {
            // Not up to the first shard's own line, which would make its commit complete.
            var lines = unit.Changelog.TakeWhile(line => line.Key.Length > 1).ToArray();
            log.Write(lines.Take(random.Next(lines.Length + 1)));
            return random.Next(2) == 0 ? throw new CrashException() : new CommitOutcome(CommitStatus.Aborted, "the seed says so");
        }

        if (random.NextDouble() < weather.AbortShare)
        {
            return new CommitOutcome(CommitStatus.Aborted, "the seed says so");
        }

        if (random.NextDouble() < weather.CrashShare)
        {
            throw new CrashException();
        }

        log.Commit(unit);
        foreach (var line in unit.Changelog)
        {
            _positions[line.Partition] = log.ChangelogEnd(line.Partition);
        }

        return random.NextDouble() < weather.CrashShare ? throw new CrashException() : CommitOutcome.Committed;
    }

    public void Restore(int partition, long from, IRestoreTarget target, CancellationToken cancellation) =>
        _positions[partition] = log.Restore(partition, from, target);

    public long ChangelogPosition(int partition) => _positions.GetValueOrDefault(partition);

    public void Dispose()
    {
    }
}
