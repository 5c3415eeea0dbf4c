using System.Diagnostics;
using Confluent.Kafka;
using StreamSegmenter.Chaos;

namespace StreamSegmenter.Integration;

/// <summary>A broker in a process of its own, or the given one, with a known input that keeps coming, and engines to start.</summary>
internal sealed class RunningShop : IDisposable
{
    private readonly ChaosPlan _plan;
    private readonly ChaosCluster _cluster;
    private readonly BrokerProxy? _proxy;

    /// <param name="throughProxy">Clients reach the embedded broker through <see cref="Proxy"/>.</param>
    public RunningShop(Func<ChaosPlan, ChaosPlan>? adjust = null, bool throughProxy = false)
    {
        var given = Environment.GetEnvironmentVariable(TestBroker.Variable);
        _plan = new ChaosPlan
        {
            Brokers = string.IsNullOrEmpty(given) ? null : given,
            SessionTimeout = TimeSpan.FromSeconds(string.IsNullOrEmpty(given) ? 2 : 6),
            Folder = Directory.CreateTempSubdirectory("streamsegmenter-shop-").FullName,
        };
        _plan = adjust?.Invoke(_plan) ?? _plan;
        _cluster = new ChaosCluster(_plan, Topics);
        if (throughProxy)
        {
            _proxy = new BrokerProxy(_cluster.BootstrapServers);
            Broker.Advertise("127.0.0.1", _proxy.Port);
        }

        ChaosConfiguration.Write(ConfigurationFile, _plan, Topics, _proxy?.BootstrapServers ?? _cluster.BootstrapServers);
        Input = new KnownInput(_plan, _cluster.BootstrapServers, Topics.Input, Path.Combine(_plan.Folder, "input.jsonl"));
        Reader = new TopicReader(_cluster.BootstrapServers, _plan.Partitions);
    }

    public ChaosTopics Topics { get; } = ChaosTopics.Unique();

    public KnownInput Input { get; }

    public TopicReader Reader { get; }

    public string BootstrapServers => _cluster.BootstrapServers;

    public BrokerProcess Broker => _cluster.Embedded!;

    public BrokerProxy Proxy => _proxy!;

    public string ConfigurationFile => Path.Combine(_plan.Folder, "chaos.yaml");

    public string StateDirectory => Path.Combine(_plan.Folder, "state");

    /// <param name="more">Further arguments of <c>run</c>.</param>
    public EngineProcess StartEngine(params IEnumerable<string> more) => new(["--config", ConfigurationFile, .. more]);

    /// <param name="adjust">Says how the process starts.</param>
    public EngineProcess StartEngine(Action<ProcessStartInfo> adjust, params IEnumerable<string> more) =>
        new(adjust, ["--config", ConfigurationFile, .. more]);

    /// <summary>The engine has read and folded events.</summary>
    public static bool HasEventsIn(EngineProcess engine) => engine.Metric("streamsegmenter_events_total") > 0;

    /// <summary>How far the group has committed each partition of the input; -1 where it has not.</summary>
    public IReadOnlyList<long> Committed(string group) => Reader.Committed(group, Topics.Input);

    /// <summary>The engine is at most so many records behind, and has committed some.</summary>
    public bool LagBelow(long records)
    {
        var lag = Reader.Lag(Topics.Group, Topics.Input);
        return lag < records && lag < Input.Sent;
    }

    /// <summary>Ends the input, waits until the engine has committed all of it and come to its end in event time, and reports how its outputs
    /// differ from a replay.</summary>
    public string CompareWithReplay(EngineProcess engine, TimeSpan patience)
    {
        Input.Finish();
        Wait.Until(() => Reader.Lag(Topics.Group, Topics.Input) == 0 && IsAtTheEnd(engine), patience, engine);
        var results = Path.Combine(_plan.Folder, "replay");
        EngineProcess.RunToEnd(
            "replay", "--config", ConfigurationFile, "--set", $"inputs[0].file={Path.Combine(_plan.Folder, "input.jsonl")}", "--out", results);
        var differences = new Differences();
        new Comparison(Reader, Topics, results, _plan.ExactlyOnce, Input.ClosingMs, differences).Run();
        return string.Join(Environment.NewLine, differences.Shown);
    }

    private bool IsAtTheEnd(EngineProcess engine) =>
        engine.Watermarks().Count(watermark => watermark.Value >= Input.ClosingMs - KnownInput.OutOfOrdernessMs) == _plan.Partitions;

    /// <summary>What another command comes to, with the engine's configuration.</summary>
    public (int ExitCode, string Output, string Said) Run(string[] command, params IEnumerable<string> more) =>
        EngineProcess.Run([.. command, "--config", ConfigurationFile, .. more]);

    /// <summary>A path in the run's own folder.</summary>
    public string PathOf(string name) => Path.Combine(_plan.Folder, name);

    /// <summary>Deletes the changelog, makes an empty one of its name, and deletes the group, of which no member may be left.</summary>
    public void MakeChangelogAgain()
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers }).Build();
        admin.DeleteGroupsAsync([Topics.Group]).GetAwaiter().GetResult();
        RealTopics.MakeAgain(BootstrapServers, Topics.Changelog, _plan.Partitions);
    }

    public void Dispose()
    {
        Input.Dispose();
        _proxy?.Dispose();
        _cluster.Dispose();
        Directory.Delete(_plan.Folder, recursive: true);
    }
}
