using StreamSegmenter.Connectors.Codecs.Json;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Lanes;
using StreamSegmenter.Engine.Options;
using StreamSegmenter.Engine.Outputs;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Folding;

namespace StreamSegmenter.Tests.Scenarios.Harness;

/// <summary>How a scenario is run. What arrives late arrives late in every way: the watermark moves between portions.</summary>
internal enum Way
{
    EventByEvent,

    /// <summary>A portion is one batch.</summary>
    OneBatch,

    /// <summary>After every delivery the lane commits and dies; another takes over from changelog and offsets.</summary>
    RestoredAfterEvery,

    /// <summary>What is on time arrives in an order that a seed decides, within an out-of-orderness of hours.</summary>
    Shuffled,

    /// <summary>Customers over three partitions, in two lanes.</summary>
    TwoLanes,
}

/// <summary>One run of a scenario through the real lane, from decoding to commits.</summary>
internal sealed class ScenarioRun
{
    private const long ShuffleMs = 3 * 3_600_000;
    private static int _runs;
    private readonly Scenario _scenario;
    private readonly Way _way;
    private readonly Random _random;
    private readonly long _outOfOrdernessMs;
    private readonly string _directory = Path.Combine(
        Path.GetTempPath(), $"streamsegmenter-scenario-{Environment.ProcessId}-{Interlocked.Increment(ref _runs)}");

    public ScenarioRun(Scenario scenario, Way way, int seed = 0)
    {
        _scenario = scenario;
        _way = way;
        _random = new Random(seed);
        _outOfOrdernessMs = way == Way.Shuffled ? ShuffleMs : scenario.Configuration.Inputs[0].MaxOutOfOrdernessMs;
        Log = new ScenarioLog(way == Way.TwoLanes ? 3 : 1);
        try
        {
            RunAll();
        }
        finally
        {
            if (Directory.Exists(_directory))
            {
                Directory.Delete(_directory, recursive: true);
            }
        }
    }

    public Way Way => _way;

    public ScenarioLog Log { get; }

    /// <summary>Every customer's state at the end.</summary>
    public List<CustomerView> Customers { get; } = [];

    /// <summary>What was said, as text.</summary>
    public List<string> Outputs => OutputLines.Of(Log, _scenario.Time);

    /// <summary>The deadlines that are armed at the end, as <c>10:30 ann abandoned-cart step=1 cart=c1</c>.</summary>
    public List<string> Pending =>
    [
        .. from customer in Customers
           from cart in customer.Carts
           from deadline in cart.Deadlines
           where deadline.DueMs is not null
           orderby deadline.DueMs, customer.CustomerId, deadline.Rule, cart.CartId
           select $"{_scenario.Time.Format(deadline.DueMs ?? 0)} {customer.CustomerId} {deadline.Rule} step={deadline.Step} "
               + $"cart={cart.CartId ?? "-"}",
    ];

    private void RunAll()
    {
        var script = Script().ToArray();
        if (_way == Way.TwoLanes)
        {
            RunLane(0, [0, 2], new Queue<Delivery>(script), int.MaxValue, appends: true);
            Log.InputTimeMs = long.MinValue;
            RunLane(1, [1], new Queue<Delivery>(script), int.MaxValue, appends: false);
            return;
        }

        var rest = new Queue<Delivery>(script);
        while (rest.Count > 0)
        {
            RunLane(0, [0], rest, _way == Way.RestoredAfterEvery && rest.Count > 1 ? 1 : int.MaxValue, appends: true);
        }
    }

    private IEnumerable<Delivery> Script()
    {
        foreach (var (watermarkMs, events) in _scenario.Portions())
        {
            if (watermarkMs is not null)
            {
                yield return new Delivery(watermarkMs, []);
            }

            foreach (var chunk in _way == Way.OneBatch ? [events] : Chunks(_way == Way.Shuffled ? Shuffle(events) : events))
            {
                yield return new Delivery(null, chunk);
            }
        }

        yield return new Delivery(null, [], _scenario.UntilMs);
    }

    private IEnumerable<List<ScenarioEvent>> Chunks(List<ScenarioEvent> events)
    {
        for (var at = 0; at < events.Count;)
        {
            var count = Math.Min(_way == Way.Shuffled ? _random.Next(1, 4) : 1, events.Count - at);
            yield return events.GetRange(at, count);
            at += count;
        }
    }

    /// <summary>Every instant is delayed by less than the out-of-orderness, so nothing becomes late; events of one instant keep
    /// their order, which is theirs in the topic. What arrives late stays at the head.</summary>
    private List<ScenarioEvent> Shuffle(List<ScenarioEvent> events)
    {
        var delays = new Dictionary<long, long>();
        foreach (var e in events)
        {
            delays.TryAdd(e.TimeMs, _random.NextInt64(ShuffleMs));
        }

        return [.. events.Where(e => e.ArrivesMs is not null),
            .. events.Where(e => e.ArrivesMs is null).OrderBy(e => e.TimeMs + delays[e.TimeMs])];
    }

    private void RunLane(int index, int[] partitions, Queue<Delivery> script, int lifetime, bool appends)
    {
        var configuration = _scenario.Configuration;
        var clock = new StandingClock(_scenario.ClockMs ?? 0);
        var options = configuration.Engine.Limits with
        {
            Inputs = [new InputTiming("shop", _outOfOrdernessMs)],
            MaxClockSkewMs = _scenario.ClockMs is null ? null : 366L * 86_400_000,
            CommitIntervalMs = _way == Way.RestoredAfterEvery ? 0 : long.MaxValue,
            StateDirectory = _directory,
            StateMemoryBytes = 8 << 20,
        };
        var labels = new TelemetryLabels(
            ["shop"], [.. configuration.Definitions.CartAbandonment.Select(rule => rule.Id)], configuration.Segments.SegmentIds);
        using var telemetry = new EngineTelemetry(labels, clock, "scenario");
        using var outputs = new EngineOutputs();
        var decoder = new JsonEventDecoder(CompiledMapping.Of(configuration.Inputs[0].Mapping));
        var source = new ScenarioSource(Log, partitions, script, decoder, _outOfOrdernessMs, lifetime, appends);
        using var lane = new Lane(new LaneDependencies
        {
            Index = index,
            Versions = new DefinitionVersions(DefinitionVersion.OfFile(configuration.Definitions, configuration.Segments)),
            Options = options,
            Counters = telemetry.AddLane(),
            Outputs = outputs,
            Clock = clock,
            Source = source,
            Sink = Log,
        });
        try
        {
            Assert.Equal(CommitStatus.Committed, lane.Run(default).Status);
            Customers.AddRange(_scenario.Events.Select(e => e.Customer).Distinct().Select(lane.Describe).OfType<CustomerView>());
        }
        catch (KilledException)
        {
            // Another lane goes on.
        }
    }

    private sealed class StandingClock(long nowMs) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(nowMs);
    }
}
