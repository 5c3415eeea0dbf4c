using System.Buffers.Binary;
using StreamSegmenter.Customers;
using StreamSegmenter.Engine.Checkpoints;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Lanes;
using StreamSegmenter.Engine.Options;
using StreamSegmenter.Engine.Outputs;
using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Folding;
using StreamSegmenter.Perf.Load;

namespace StreamSegmenter.Perf.Checkpoints;

/// <summary>One shard with many customers, its checkpoints, and a changelog that lies in memory.</summary>
internal sealed class CheckpointBench : ILaneSink
{
    public const int BatchCustomers = 1_000;
    private const long Forever = 1L << 40;
    private const long PositionOfCheckpoint = 1;
    private readonly string _directory;
    private readonly long _stateMemoryBytes;
    private readonly EngineTelemetry _telemetry = new(new TelemetryLabels(["perf"], ["abandoned"], ["buyer", "engaged", "spender", "hesitating"]), TimeProvider.System);
    private readonly EngineOutputs _outputs = new();
    private readonly LaneCounters _counters;
    private readonly LaneContext _lane;
    private readonly byte[] _record;
    private readonly byte[] _key = new byte[17];
    private readonly Values _values;
    private readonly long[] _foundAt = new long[BatchCustomers];
    private readonly int[] _touched = new int[BatchCustomers];
    private Shard _shard;
    private int _customers;
    private ulong _random = 1;

    public CheckpointBench(string directory, long stateMemoryBytes)
    {
        _directory = directory;
        _stateMemoryBytes = stateMemoryBytes;
        _values = new Values(this);
        _counters = _telemetry.AddLane();
        _lane = new LaneContext(LoadDefinitions.Versions(), Options(true), _counters, TimeProvider.System);
        _record = OneRecord(_lane.FoldOf(_lane.Versions.First));
        _shard = Restore(withCheckpoints: true);
    }

    public ShardCheckpoints Checkpoints => _shard.Checkpoints!;

    public CustomerStore Store => _shard.Store;

    public long CheckpointMebibytes { get; private set; }

    public long SpillMebibytes { get; private set; }

    /// <returns>Bytes of a record.</returns>
    public int Fill(int customers)
    {
        for (var customer = 0; customer < customers; customer++)
        {
            _shard.Store.Upsert(Key(customer), _record);
        }

        _customers = customers;
        SpillMebibytes = _shard.Store.DiskBytes >> 20;
        return _record.Length;
    }

    public void Touch(int customers, int among)
    {
        for (var i = 0; i < customers; i++)
        {
            var key = Key(Next(among));
            _shard.Store.BeginRead(key, 0, _values);
            _shard.Store.CompleteReads();
            _shard.Store.Upsert(key, _record, _foundAt[0]);
        }
    }

    /// <summary>What a lane does with a batch of customers at random: reads them all, then writes them back.</summary>
    public void Update(int among)
    {
        for (var i = 0; i < BatchCustomers; i++)
        {
            _touched[i] = Next(among);
            _shard.Store.BeginRead(Key(_touched[i]), i, _values);
        }

        _shard.Store.CompleteReads();
        for (var i = 0; i < BatchCustomers; i++)
        {
            _shard.Store.Upsert(Key(_touched[i]), _record, _foundAt[i]);
        }
    }

    public void Start() => Checkpoints.Start(new CheckpointSource(_shard.Store, PositionOfCheckpoint, new ShardRecord(0, []).Encode()));

    public long Restart()
    {
        CheckpointMebibytes = _shard.Gauges.CheckpointBytes >> 20;
        _shard.Dispose();
        _shard = Restore(withCheckpoints: true);
        return _shard.RestoredCustomers;
    }

    public long RestartWithout()
    {
        _shard.Dispose();
        _shard = Restore(withCheckpoints: false);
        return _shard.RestoredCustomers;
    }

    public CommitOutcome Commit(CommitUnit unit, CancellationToken cancellation) => CommitOutcome.Committed;

    public void Restore(int partition, long from, IRestoreTarget target, CancellationToken cancellation)
    {
        for (var customer = 0; from == 0 && customer < _customers; customer++)
        {
            target.Apply(Key(customer), _record);
        }
    }

    public long ChangelogPosition(int partition) => PositionOfCheckpoint;

    public void Dispose()
    {
        _shard.Dispose();
        _outputs.Complete();
        _telemetry.Dispose();
    }

    /// <summary>What a customer is after some events.</summary>
    private static byte[] OneRecord(CustomerFold fold)
    {
        var record = new CustomerRecord();
        record.Initialize(fold.Layout);
        record.ResizeSection(SectionKind.SeenEvents, 0, 96);
        return [.. record.Bytes.Span];
    }

    private Shard Restore(bool withCheckpoints)
    {
        var options = Options(withCheckpoints);
        var parts = new LaneDependencies
        {
            Versions = _lane.Versions,
            Options = options,
            Counters = _counters,
            Outputs = _outputs,
            Clock = TimeProvider.System,
            Source = new MemoryLaneSource(RecordLog.Of(new Traffic(TrafficShape.Uniform), 1, 1, LoadCodec.Json), LoadCodec.Json.Decoder()),
            Sink = this,
            Report = Console.Error.WriteLine,
        };
        return new ShardRestorer(parts, _lane, _directory).Restore(0, _counters.AddShard(0), CancellationToken.None);
    }

    private EngineOptions Options(bool withCheckpoints) => new()
    {
        Inputs = [new InputTiming("perf", 0)],
        MaxClockSkewMs = null,
        ReorderEventsMax = 10_000,
        StateDirectory = withCheckpoints ? Path.Combine(_directory, "state") : null,
        StateMemoryBytes = _stateMemoryBytes,
        Checkpoints = withCheckpoints ? new CheckpointOptions("perf", Forever, Forever) : null,
    };

    // Xorshift: cheaper than what is measured.
    private int Next(int among)
    {
        _random ^= _random << 13;
        _random ^= _random >> 7;
        _random ^= _random << 17;
        return (int)(_random % (ulong)among);
    }

    private ReadOnlySpan<byte> Key(int customer)
    {
        _key[0] = StateKey.Customer;
        BinaryPrimitives.WriteInt64BigEndian(_key.AsSpan(9), customer);
        return _key;
    }

    private sealed class Values(CheckpointBench bench) : IStateReader
    {
        public void OnValue(int token, ReadOnlySpan<byte> value) => bench._foundAt[token] = bench.Store.FoundAt;
    }
}
