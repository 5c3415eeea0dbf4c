using System.Diagnostics;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Chaos;

/// <summary>Engines under a steady input, killed, frozen and restarted at random moments; then the input ends, the engines drain, and
/// what they wrote is held against a replay of the same input.</summary>
internal sealed class ChaosRun(ChaosPlan plan)
{
    private static readonly TimeSpan ReadyMax = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(180);
    private const int CustomersCompared = 6;

    /// <summary>Of a changelog partition, enough to find a line behind the barriers of some restores.</summary>
    private const int TailLines = 10;
    private const short ProduceRequest = 0;
    private const short FetchRequest = 1;
    private const short OffsetCommitRequest = 8;
    private const int DelayedFetches = 16;

    // The input's producer uses them up too.
    private const int DelayedRequests = 150;

    private readonly Random _random = new(plan.Seed);
    private readonly SortedDictionary<string, int> _faults = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _phases = new(StringComparer.Ordinal);
    private readonly ChaosTopics _topics = ChaosTopics.Unique();
    private readonly Stopwatch _lasted = Stopwatch.StartNew();
    private readonly Differences _differences = new();
    private readonly Queue<int> _kinds = new();
    private int _halfCommits;
    private Recovery? _recovery;

    private string ConfigurationFile => Path.Combine(plan.Folder, "chaos.yaml");

    private string InputFile => Path.Combine(plan.Folder, "input.jsonl");

    private int FaultCount
    {
        get
        {
            lock (_faults)
            {
                return _faults.Values.Sum();
            }
        }
    }

    public ChaosResult Run()
    {
        Directory.CreateDirectory(plan.Folder);
        using var cluster = new ChaosCluster(plan, _topics);
        ChaosConfiguration.Write(ConfigurationFile, plan, _topics, cluster.BootstrapServers);
        var reader = new TopicReader(cluster.BootstrapServers, plan.Partitions);
        using var input = new KnownInput(plan, cluster.BootstrapServers, _topics.Input, InputFile);
        var instances = Enumerable.Range(0, plan.Instances).Select(i => new ChaosInstance(plan, ConfigurationFile, i)).ToArray();
        using var recovery = _recovery = new Recovery(instances);
        using var brokers = plan.BrokerKill is null ? null : new BrokerFaults(plan, Note);
        try
        {
            Array.ForEach(instances, instance => instance.Start());
            while (FaultCount < plan.FaultsMax && _lasted.Elapsed < plan.TimeMax)
            {
                Disturb(instances[_random.Next(instances.Length)], input, cluster, reader);
                Array.ForEach(instances, instance => instance.Revive());
            }

            EndBrokerFaults(brokers);
            input.Finish();
            plan.Say($"{FaultCount} faults in {_lasted.Elapsed.TotalSeconds:0} s, {input.Sent:N0} records; draining");
            Drain(instances, reader);
            JudgeRecovery(recovery);
            Stop(instances);
            var result = Compare(instances, reader, input);
            cluster.KeepsTopics = !result.IsGood;
            return result;
        }
        finally
        {
            Array.ForEach(instances, instance => instance.Dispose());
        }
    }

    private void EndBrokerFaults(BrokerFaults? brokers)
    {
        brokers?.End();
        if (brokers?.Failure is { } failure)
        {
            _differences.Add("brokers", failure);
        }
    }

    private void JudgeRecovery(Recovery recovery)
    {
        recovery.End();
        if (recovery.WorstSeconds > plan.RecoveryMax.TotalSeconds)
        {
            _differences.Add("not ready in time", $"an instance was not ready for {recovery.WorstSeconds:0} s, and may be for {plan.RecoveryMax.TotalSeconds:0} s");
        }
    }

    /// <summary>A fault is done, on any thread.</summary>
    private void Note(string fault)
    {
        var kind = fault.StartsWith("broker", StringComparison.Ordinal) ? "broker " + fault.Split(' ')[^1] : fault;
        _recovery!.Caused(kind);
        lock (_faults)
        {
            Count(_faults, kind);
        }

        if (kind != fault)
        {
            plan.Say($"{_lasted.Elapsed.TotalSeconds,5:0} s  {fault}");
        }
    }

    private void Disturb(ChaosInstance instance, KnownInput input, ChaosCluster cluster, TopicReader reader)
    {
        switch (NextKind())
        {
            case 0:
                Kill(instance, reader, "kill at any moment", () => Thread.Sleep(_random.Next(4_000)));
                break;
            case 1:
                Kill(instance, reader, "kill in a restore", () => AwaitRestore(instance, cluster));
                break;
            case 2:
                Kill(instance, reader, "kill when idle", () => FallSilent(instance, input));
                input.Resume();
                break;
            case 3 or 4 when cluster.Embedded is { } broker:
                Kill(instance, reader, "kill in a commit", () => StretchCommit(instance, broker));
                break;
            case 3 or 4 or 5:
                Kill(instance, reader, "kill at work", () =>
                {
                    AwaitReadiness(instance, says => says == "ready");
                    Thread.Sleep(_random.Next(1_200));
                });
                break;
            case 6 when plan.Freezes:
                Freeze(instance);
                break;
            default:
                Restart(instance);
                break;
        }
    }

    /// <summary>Every kind comes once before any comes again, in an order of chance.</summary>
    private int NextKind()
    {
        if (_kinds.Count == 0)
        {
            var round = Enumerable.Range(0, plan.Brokers is null ? 6 : 8).ToArray();
            _random.Shuffle(round);
            Array.ForEach(round, _kinds.Enqueue);
        }

        return _kinds.Dequeue();
    }

    private void Kill(ChaosInstance instance, TopicReader reader, string fault, Action wait)
    {
        wait();
        var phase = instance.Process.HasExited ? "ended by itself" : Phase(instance.Process.Readiness());
        instance.Revive();
        instance.Process.Kill();
        Note(fault);
        Count(_phases, phase);
        // With others at work the end of the changelog is theirs too.
        var half = plan.Instances == 1 && LeftHalfACommit(reader);
        _halfCommits += half ? 1 : 0;

        plan.Say($"{_lasted.Elapsed.TotalSeconds,5:0} s  {fault}: {instance.Name}, {phase}{(half ? ", half a commit" : "")}");
        instance.KillAndStart();
    }

    /// <summary>Longer than a session: the group gives its partitions to others, and then it wakes up and knows nothing of it.</summary>
    private void Freeze(ChaosInstance instance)
    {
        AwaitReadiness(instance, says => says == "ready");
        Thread.Sleep(_random.Next(1_000));
        instance.Freeze();
        Thread.Sleep(plan.SessionTimeout + TimeSpan.FromMilliseconds(500 + _random.Next(6_000)));
        instance.Thaw();
        Note("freeze");
        plan.Say($"{_lasted.Elapsed.TotalSeconds,5:0} s  freeze: {instance.Name}");
    }

    private void Restart(ChaosInstance instance)
    {
        AwaitReadiness(instance, says => says == "ready");
        Terminate(instance);
        Note("restart in order");
        plan.Say($"{_lasted.Elapsed.TotalSeconds,5:0} s  restart in order: {instance.Name}");
        instance.KillAndStart();
    }

    private void Terminate(ChaosInstance instance)
    {
        instance.Process.Terminate();
        if (!instance.Process.WaitForExit(TimeSpan.FromSeconds(30)))
        {
            _differences.Add("no end within the deadline", $"{instance.Name}: {instance.Process.Said}");
        }
        else if (instance.Process.ExitCode != 0 && !(instance.WasFrozen && instance.Process.Said.Contains("Nothing is lost", StringComparison.Ordinal)))
        {
            _differences.Add("bad end", $"{instance.Name}, exit {instance.Process.ExitCode}: {instance.Process.Said}");
        }
    }

    private void FallSilent(ChaosInstance instance, KnownInput input)
    {
        AwaitReadiness(instance, says => says == "ready");
        input.Pause();
        Thread.Sleep(1_000 + _random.Next(500));
    }

    private void AwaitRestore(ChaosInstance instance, ChaosCluster cluster)
    {
        AwaitReadiness(instance, says => says != "silent");
        for (var i = 0; i < DelayedFetches; i++)
        {
            cluster.Embedded?.Delay(FetchRequest, TimeSpan.FromMilliseconds(200));
        }

        AwaitReadiness(instance, says => says == "ready" || IsRestoring(says));
        Thread.Sleep(cluster.Embedded is null ? 0 : _random.Next(500));
    }

    /// <summary>The broker takes the next records at once and says so late: then the kill falls behind one step of a commit and
    /// before the next.</summary>
    private void StretchCommit(ChaosInstance instance, BrokerProcess broker)
    {
        AwaitReadiness(instance, says => says == "ready");
        Thread.Sleep(_random.Next(500));
        for (var i = 0; i < DelayedRequests; i++)
        {
            broker.Delay(i % 8 == 0 ? OffsetCommitRequest : ProduceRequest, TimeSpan.FromMilliseconds(20));
        }

        Thread.Sleep(100 + _random.Next(900));
    }

    private static void AwaitReadiness(ChaosInstance instance, Func<string, bool> done) =>
        Waiting.Until(() => done(instance.Process.Readiness()) || instance.Process.HasExited, ReadyMax, pauseMs: 2);

    private void Drain(ChaosInstance[] instances, TopicReader reader)
    {
        long lag = 0;
        var isDrained = Waiting.Until(
            () =>
            {
                Array.ForEach(instances, instance => instance.Revive());
                return (lag = reader.Lag(_topics.Group, _topics.Input)) == 0;
            },
            DrainMax, pauseMs: 500);
        if (!isDrained)
        {
            var states = string.Join("; ", instances.Select(instance => $"{instance.Name}: {instance.Process.Readiness()}"));
            _differences.Add("not drained", $"{lag} records after {DrainMax.TotalSeconds:0} s; {states}");
        }
    }

    private void Stop(ChaosInstance[] instances)
    {
        Array.ForEach(instances, Terminate);
        Array.ForEach(instances, instance => instance.NoteReplacements());
    }

    private ChaosResult Compare(ChaosInstance[] instances, TopicReader reader, KnownInput input)
    {
        var lasted = _lasted.Elapsed;
        var written = reader.ReadAll(_topics.Input).Count;
        if (written != input.Sent)
        {
            _differences.Add("input wrong", $"topic '{_topics.Input}' holds {written} records, {input.Sent} were sent: none of the engine's doing");
        }

        var results = Path.Combine(plan.Folder, "replay");
        string[] fromFile = ["--config", ConfigurationFile, "--set", $"inputs[0].file={InputFile}"];
        EngineProcess.RunToEnd(["replay", .. fromFile, "--out", results]);
        var comparison = new Comparison(reader, _topics, results, plan.ExactlyOnce, input.ClosingMs, _differences);
        comparison.Run();
        var customers = CompareCustomers(results, fromFile);
        return new ChaosResult(
            _faults, _phases, _halfCommits, instances.Sum(instance => instance.Starts), instances.Sum(instance => instance.StartsWithCheckpoints),
            [.. instances.SelectMany(instance => instance.OwnExits)], _recovery!.Summary(), [.. instances.SelectMany(instance => instance.Replacements)], lasted, input.Sent, comparison.Outputs,
            comparison.Triggers, comparison.MembershipChanges, comparison.Repeated, customers, _differences);
    }

    /// <summary>The state of a few customers, out of the changelog and after the replay.</summary>
    private int CompareCustomers(string results, string[] fromFile)
    {
        var customers = Comparison.CustomersOf(results).Distinct(StringComparer.Ordinal).Take(CustomersCompared).ToList();
        foreach (var customer in customers)
        {
            var live = State(["inspect", "--config", ConfigurationFile, "--customer", customer]);
            var replayed = State(["inspect", .. fromFile, "--customer", customer]);
            if (live != replayed)
            {
                _differences.Add("state wrong", $"{customer}: {live} where the replay has {replayed}");
            }
        }

        return customers.Count;
    }

    // The first line says as of when, which is the watermark's affair.
    private static string State(string[] arguments) => string.Join('\n', EngineProcess.RunToEnd(arguments).Split('\n').Skip(1));

    private bool LeftHalfACommit(TopicReader reader) =>
        reader.ReadTail(_topics.Changelog, TailLines).Where(line => !StateKey.BarrierKey.SequenceEqual(line.Key!))
            .GroupBy(line => line.Partition).Any(lines => !StateKey.ShardKey.SequenceEqual(lines.Last().Key!));

    private static bool IsRestoring(string readiness) =>
        readiness.Contains("being restored", StringComparison.Ordinal) || readiness.Contains("takes up", StringComparison.Ordinal);

    private static string Phase(string readiness) => readiness switch
    {
        "ready" => "ready",
        "silent" => "starting",
        _ when IsRestoring(readiness) => "restoring",
        _ => "joining",
    };

    private static void Count(SortedDictionary<string, int> counts, string what) => counts[what] = counts.GetValueOrDefault(what) + 1;
}
