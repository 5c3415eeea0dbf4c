using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using StreamSegmenter.Engine.Checkpoints;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Lanes;
using StreamSegmenter.Engine.Options;
using StreamSegmenter.Engine.Outputs;
using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Testing.Reference;
using StreamSegmenter.Testing.Runs;

namespace StreamSegmenter.Tests.Checkpoints;

/// <summary>One shard with its changelog in memory and its checkpoints on the real disk, restored as a lane restores it. Its keys are
/// of a kind of their own, so that their values can be anything.</summary>
internal sealed class KeptShard : IDisposable
{
    public const string Changelog = "shop-changelog";
    public const long AgeMsMax = 12 * 3_600_000;
    private const byte Kind = 200;
    private readonly EngineTelemetry _telemetry;
    private readonly EngineOutputs _outputs = new();

    public KeptShard()
    {
        Root = Directory.CreateTempSubdirectory("checkpoints-").FullName;
        _telemetry = new EngineTelemetry(new TelemetryLabels(["a"], ["rule-0", "rule-1", "rule-2"], ["buyers", "lookers"]), Time, "kept-" + Guid.NewGuid());
        Counters = _telemetry.AddLane();
    }

    /// <summary>The state directory of the first owner.</summary>
    public string Root { get; init; }

    public ManualTime Time { get; } = new();

    public MemoryChangelog Lines { get; } = new();

    public LaneCounters Counters { get; }

    public ICheckpointFiles Files { get; init; } = new DiskFiles();

    public CreateSpillFile Spill { get; init; } = SpillFile.Create;

    /// <summary>From one checkpoint to the next; null: there are none, nor a state directory.</summary>
    public long? IntervalMs { get; init; } = 600_000;

    public long TimeoutMs { get; init; } = CheckpointOptions.DefaultTimeoutMs;

    /// <summary>The lane that has the shard.</summary>
    public LaneContext Lane { get; private set; } = null!;

    public List<string> Reports { get; } = [];

    public bool IsReady => _telemetry.IsReady;

    public string NotReady => string.Join("; ", _telemetry.Components.Select(component => component.Reason));

    public string Location(string? root = null) => CheckpointDirectory.LocationOf(root ?? Root, 0);

    /// <summary>What an owner of the shard does that starts anew.</summary>
    public Shard Restore(string? root = null)
    {
        var scenario = new Scenario(1);
        var options = new EngineOptions
        {
            Inputs = [new InputTiming("a", 0)],
            MaxClockSkewMs = null,
            CommitIntervalMs = 0,
            ReorderEventsMax = 1000,
            WorkingSetBytesMax = 1 << 20,
            StateDirectory = IntervalMs is null ? null : root ?? Root,
            StateMemoryBytes = 0,
            Checkpoints = IntervalMs is { } intervalMs ? new CheckpointOptions(Changelog, intervalMs, AgeMsMax, TimeoutMs) : null,
        };
        var versions = new DefinitionVersions(DefinitionVersion.OfFile(scenario.Definitions, scenario.Segments));
        Lane = new LaneContext(versions, options, Counters, Time);
        var parts = new LaneDependencies
        {
            Versions = versions,
            Options = options,
            Counters = Counters,
            Outputs = _outputs,
            Clock = Time,
            Source = new NoSource(),
            Sink = Lines,
            Report = Reports.Add,
            CheckpointFiles = Files,
            CreateSpillFile = Spill,
        };
        Counters.Health.ReportReady();
        var shard = new ShardRestorer(parts, Lane, Root).Restore(0, Counters.AddShard(0), CancellationToken.None);
        Counters.Health.ReportReady();
        Lane.Shards[0] = shard;
        return shard;
    }

    /// <summary>Changes keys in changelog and store, as a commit does; a null value deletes.</summary>
    public void Commit(Shard shard, params (int Id, byte[]? Value)[] changes)
    {
        var record = new ShardRecord(Lines.End, shard.CommittedPositions);
        foreach (var (id, value) in changes)
        {
            Lines.Add(Key(id), value ?? []);
        }

        Lines.Add(StateKey.ShardKey, record.Encode());
        foreach (var (id, value) in changes)
        {
            if (value is null)
            {
                shard.Store.Delete(Key(id));
            }
            else
            {
                shard.Store.Upsert(Key(id), value);
            }
        }

        shard.Commit(shard.CommittedPositions, record, keepCustomers: false);
    }

    public void Start(Shard shard) => shard.Checkpoints!.Start(new CheckpointSource(
        shard.Store, Lines.ChangelogPosition(0), shard.CommittedRecord!.Encode()));

    /// <summary>Takes a checkpoint from start to end.</summary>
    public void Checkpoint(Shard shard)
    {
        Start(shard);
        Finish(shard);
    }

    public static void Finish(Shard shard)
    {
        while (shard.Checkpoints!.IsRunning)
        {
            shard.Checkpoints.Turn();
            Thread.Sleep(1);
        }
    }

    public static SortedDictionary<string, string> StateOf(Shard shard)
    {
        var state = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["shard"] = Text(shard.CommittedRecord?.Encode()) };
        shard.Store.Scan((key, value) => state.Add(Text(key), Text(value)));
        return state;
    }

    /// <summary>What the changelog alone gives.</summary>
    public SortedDictionary<string, string> Truth()
    {
        var state = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["shard"] = "" };
        foreach (var (key, value) in Lines.Complete())
        {
            if (key.AsSpan().SequenceEqual(StateKey.ShardKey))
            {
                state["shard"] = Text(value);
            }
            else if (value.Length == 0)
            {
                state.Remove(Text(key));
            }
            else
            {
                state[Text(key)] = Text(value);
            }
        }

        return state;
    }

    public static byte[] Key(int id) => [Kind, .. Encoding.ASCII.GetBytes(id.ToString("D6", CultureInfo.InvariantCulture))];

    public static byte[] Value(int seed, int length)
    {
        var value = new byte[length];
        new Random(seed).NextBytes(value);
        if (length >= 4)
        {
            BinaryPrimitives.WriteInt32LittleEndian(value, seed);
        }

        return value;
    }

    public void Dispose()
    {
        _outputs.Complete();
        _telemetry.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes);

    private sealed class NoSource : ILaneSource
    {
        public IAssignmentListener? Listener { get; set; }

        public void Poll(PolledRecords polled, TimeSpan timeout)
        {
        }

        public void ReportProgress(IDictionary<InputPartition, PartitionProgress> progress)
        {
        }

        public void Pause(InputPartition partition)
        {
        }

        public void Resume(InputPartition partition)
        {
        }

        public void Seek(InputPartition partition, long offset)
        {
        }

        public void Close()
        {
        }

        public void Dispose()
        {
        }
    }
}
