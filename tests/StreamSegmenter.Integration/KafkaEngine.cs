using StreamSegmenter.Connectors.Codecs.Json;
using StreamSegmenter.Connectors.Codecs.Json.Outputs;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Lanes;
using StreamSegmenter.Engine.Options;
using StreamSegmenter.Engine.Outputs;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Folding;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Integration;

/// <summary>The engine with one lane against a broker, on a thread of its own.</summary>
internal sealed class KafkaEngine : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly EngineOutputs _outputs = new();
    private readonly JsonOutputEncoder _encoder = new();
    private readonly string _state = Directory.CreateTempSubdirectory("streamsegmenter-test-").FullName;
    private readonly LaneCounters _counters;
    private readonly Lane _lane;
    private readonly Thread _thread;
    private CommitOutcome _outcome;
    private Exception? _failure;

    public KafkaEngine(KafkaSettings settings, StorefrontDefinitions definitions, InputMapping mapping, TimeProvider clock, int shards = 1)
    {
        var errors = new List<DefinitionError>();
        var segments = definitions.CompileSegments([], errors)!;
        Assert.Empty(errors);
        var options = new EngineOptions
        {
            Inputs = [.. settings.Inputs.Select(input => new InputTiming(input.Topic, 100))],
            CommitIntervalMs = 200,
            StateDirectory = _state,
            StateMemoryBytes = 64 << 20,
            Exchange = new ExchangeOptions(settings.Outputs.Exchange is null ? 1 : shards) { AlignmentMs = 3_600_000 },
        };
        Telemetry = new EngineTelemetry(
            new TelemetryLabels(
                [.. settings.Inputs.Select(input => input.Topic)],
                [.. definitions.CartAbandonment.Select(rule => rule.Id)],
                segments.SegmentIds),
            clock, "integration");
        _counters = Telemetry.AddLane();
        var decoders = settings.Inputs.Select(_ => new JsonEventDecoder(CompiledMapping.Of(mapping))).ToList();
        var kafka = new KafkaLane(settings, 0, decoders, _encoder, clock);
        _lane = new Lane(new LaneDependencies
        {
            Versions = new DefinitionVersions(DefinitionVersion.OfFile(definitions, segments)),
            Options = options,
            Counters = _counters,
            Outputs = _outputs,
            Clock = clock,
            Source = kafka.Source,
            Sink = kafka.Sink,
        });
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public EngineTelemetry Telemetry { get; }

    public EngineOutputs Outputs => _outputs;

    public bool IsReady => _counters.Shards.Count > 0 && Telemetry.IsReady;

    public long RecordsPolled => _counters.RecordsPolled;

    /// <summary>Of shard 0; <see cref="long.MinValue"/> where it is not here or knows nothing yet.</summary>
    public long WatermarkMs => _counters.Shards.FirstOrDefault(shard => shard.Partition == 0)?.WatermarkMs ?? long.MinValue;

    /// <summary>Lets the lane commit and leave, and returns how it ended.</summary>
    public CommitOutcome Stop()
    {
        _stopping.Cancel();
        Assert.True(_thread.Join(TimeSpan.FromSeconds(20)), "the lane does not stop");
        return _failure is null ? _outcome : throw new InvalidOperationException("The lane failed.", _failure);
    }

    public void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw new InvalidOperationException("The lane failed.", _failure);
        }
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _thread.Join(TimeSpan.FromSeconds(20));
        _lane.Dispose();
        _outputs.Complete();
        _encoder.Dispose();
        Telemetry.Dispose();
        Directory.Delete(_state, recursive: true);
    }

    private void Run()
    {
        try
        {
            _outcome = _lane.Run(_stopping.Token);
        }
        catch (Exception e)
        {
            _failure = e;
        }
    }
}

/// <summary>The system's clock, set to another time of the day, or year.</summary>
internal sealed class ShiftedTime(DateTimeOffset start) : TimeProvider
{
    private TimeSpan _shift = start - DateTimeOffset.UtcNow;

    public void MoveTo(DateTimeOffset now) => _shift = now - DateTimeOffset.UtcNow;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow + _shift;
}
