namespace StreamSegmenter.Engine.Telemetry;

/// <summary>The present figures of one shard. Its lane's thread writes, once per poll or commit; a scrape reads. They vanish
/// from the telemetry with <see cref="LaneCounters.RemoveShard"/>.</summary>
internal sealed class ShardGauges
{
    /// <summary>Not known yet: the figure is left out of the telemetry instead of being reported as 0.</summary>
    public const long Unknown = long.MinValue;

    private readonly long[] _lagRecords;
    private readonly long[] _newestEventTimeMs;
    private readonly bool[] _paused;
    private long _watermarkMs = Unknown;
    private long _customers;
    private long _reorderEvents;
    private long _restoreRemaining = Unknown;
    private long _checkpointAtMs = Unknown;
    private long _checkpointBytes = Unknown;
    private long _spillBytes;

    internal ShardGauges(int partition, int inputs, int segments)
    {
        Partition = partition;
        Members = new PaddedCounters(segments);
        _lagRecords = new long[inputs];
        _newestEventTimeMs = new long[inputs];
        _paused = new bool[inputs];
        Array.Fill(_lagRecords, Unknown);
        Array.Fill(_newestEventTimeMs, Unknown);
    }

    public int Partition { get; }

    /// <summary>Members per segment: set after a restore, then counted up and down with each committed change.</summary>
    public PaddedCounters Members { get; private set; }

    /// <summary>The place of the version of the definitions under which the shard stands.</summary>
    public int VersionIndex { get; set; }

    /// <summary>For each segment with aggregates that came with a change of definitions, the instant at which they have seen their whole
    /// windows; epoch milliseconds of event time.</summary>
    public IReadOnlyDictionary<string, long> WarmUntilMs { get; set; } = new Dictionary<string, long>();

    /// <summary>Makes room for segments that are new.</summary>
    public ref long MembersOf(int segment)
    {
        Members = Members.Grown(segment + 1);
        return ref Members[segment];
    }

    /// <summary>Customers in the shard's store.</summary>
    public long Customers
    {
        get => Volatile.Read(ref _customers);
        set => Volatile.Write(ref _customers, value);
    }

    /// <summary>Events that wait for the watermark.</summary>
    public long ReorderEvents
    {
        get => Volatile.Read(ref _reorderEvents);
        set => Volatile.Write(ref _reorderEvents, value);
    }

    /// <summary>Epoch milliseconds of event time; <see cref="Unknown"/> before the first event.</summary>
    public long WatermarkMs
    {
        get => Volatile.Read(ref _watermarkMs);
        set => Volatile.Write(ref _watermarkMs, value);
    }

    /// <summary>Changelog records still to be read; 0 once restored, <see cref="Unknown"/> where the number is not known.</summary>
    public long RestoreRemaining
    {
        get => Volatile.Read(ref _restoreRemaining);
        set => Volatile.Write(ref _restoreRemaining, value);
    }

    /// <summary>When the newest checkpoint began, epoch milliseconds; <see cref="Unknown"/> while there is none.</summary>
    public long CheckpointAtMs => Volatile.Read(ref _checkpointAtMs);

    /// <summary>Its size.</summary>
    public long CheckpointBytes => Volatile.Read(ref _checkpointBytes);

    /// <summary>Bytes of the files into which the customer store spills.</summary>
    public long SpillBytes
    {
        get => Volatile.Read(ref _spillBytes);
        set => Volatile.Write(ref _spillBytes, value);
    }

    /// <summary>There is a new newest checkpoint.</summary>
    public void ReportCheckpoint(long atMs, long bytes)
    {
        Volatile.Write(ref _checkpointBytes, bytes);
        Volatile.Write(ref _checkpointAtMs, atMs);
    }

    /// <summary>How far the reading of an input is behind its end.</summary>
    /// <param name="records">End offset − position; negative counts as unknown.</param>
    /// <param name="newestEventTimeMs">Event time of the newest event polled; <see cref="Unknown"/> before the first.
    /// While the partition is not caught up, its lag in seconds is the clock minus this.</param>
    public void SetLag(int input, long records, long newestEventTimeMs)
    {
        Volatile.Write(ref _newestEventTimeMs[input], newestEventTimeMs);
        Volatile.Write(ref _lagRecords[input], records < 0 ? Unknown : records);
    }

    public void SetPaused(int input, bool paused) => Volatile.Write(ref _paused[input], paused);

    internal long LagRecords(int input) => Volatile.Read(ref _lagRecords[input]);

    internal bool IsPaused(int input) => Volatile.Read(ref _paused[input]);

    /// <summary>Grows also while the lane polls nothing, because it is computed when it is read.</summary>
    internal double? LagSeconds(int input, long nowMs)
    {
        var newest = Volatile.Read(ref _newestEventTimeMs[input]);
        return LagRecords(input) switch
        {
            Unknown => null,
            0 => 0,
            _ => newest == Unknown ? null : Math.Max(0, nowMs - newest) / 1000.0,
        };
    }
}
