using System.Diagnostics;
using System.Text.Json;

namespace StreamSegmenter.Chaos;

/// <summary>Engines under a steady input, killed, frozen and restarted at random moments; then the input ends, the engines drain, and
/// what they wrote is held against a replay of the same input.</summary>
internal sealed class ChaosRun(ChaosPlan plan)
{
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(180);
    private const int CustomersCompared = 6;

    private readonly SortedDictionary<string, int> _faults = new(StringComparer.Ordinal);
    private readonly ChaosTopics _topics = ChaosTopics.Unique();
    private readonly Stopwatch _lasted = Stopwatch.StartNew();
    private readonly Differences _differences = new();
    private Recovery? _recovery;
    private DefinitionChanges? _changes;

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
        _changes = new DefinitionChanges(plan, ConfigurationFile, input, Say);
        var faults = new EngineFaults(plan, cluster, _topics, reader, input, _differences, Note, Say);
        using var brokers = plan.BrokerKill is null ? null : new BrokerFaults(plan, Note);
        try
        {
            Array.ForEach(instances, instance => instance.Start());
            while (FaultCount < plan.FaultsMax && _lasted.Elapsed < plan.TimeMax)
            {
                _changes.Next();
                faults.Disturb(instances);
                Array.ForEach(instances, instance => instance.Revive());
            }

            EndBrokerFaults(brokers);
            input.Finish();
            plan.Say($"{FaultCount} faults in {_lasted.Elapsed.TotalSeconds:0} s, {input.Sent:N0} records; draining");
            Drain(instances, reader, input.ClosingMs);
            JudgeRecovery(recovery);
            Array.ForEach(instances, faults.Terminate);
            Array.ForEach(instances, instance => instance.NoteReplacements());
            var result = Compare(instances, faults, reader, input);
            cluster.KeepsTopics = !result.IsGood;
            return result;
        }
        finally
        {
            Array.ForEach(instances, instance => instance.Dispose());
        }
    }

    private void Say(string line) => plan.Say($"{_lasted.Elapsed.TotalSeconds,5:0} s  {line}");

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
            _faults[kind] = _faults.GetValueOrDefault(kind) + 1;
        }

        if (kind != fault)
        {
            Say(fault);
        }
    }

    /// <summary>All is read, event time has come to the end in every partition, and every pane has heard of it: parts of panes travel through
    /// the exchange for some commits.</summary>
    private void Drain(ChaosInstance[] instances, TopicReader reader, long closingMs)
    {
        long lag = 0;
        var (behind, open) = (plan.Partitions, 0);
        var isDrained = Waiting.Until(
            () =>
            {
                Array.ForEach(instances, instance => instance.Revive());
                return (lag = reader.Lag(_topics.Group, _topics.Input)) == 0
                    && (behind = plan.Partitions - CountAtEnd(instances, closingMs)) == 0
                    && (open = PaneFigures.CountOpen(reader.ReadAll(_topics.Metrics), closingMs)) == 0;
            },
            DrainMax, pauseMs: 500);
        if (!isDrained)
        {
            var states = string.Join("; ", instances.Select(instance => $"{instance.Name}: {instance.Process.Readiness()}"));
            _differences.Add(
                "not drained",
                $"{lag} records unread, {behind} partitions behind and {open} panes that are not final after {DrainMax.TotalSeconds:0} s; {states}");
            Array.ForEach(instances, instance => File.WriteAllText(Path.Combine(plan.Folder, $"{instance.Name} not drained.txt"), instance.Process.Describe()));
        }
    }

    /// <summary>In how many partitions the watermark has come to the closing event.</summary>
    private static int CountAtEnd(ChaosInstance[] instances, long closingMs) => instances.SelectMany(instance => instance.Process.Watermarks())
        .Where(watermark => watermark.Value >= closingMs - KnownInput.OutOfOrdernessMs).Select(watermark => watermark.Key).Distinct().Count();

    private ChaosResult Compare(ChaosInstance[] instances, EngineFaults faults, TopicReader reader, KnownInput input)
    {
        var lasted = _lasted.Elapsed;
        var written = reader.ReadAll(_topics.Input).Count;
        if (written != input.Sent)
        {
            _differences.Add("input wrong", $"topic '{_topics.Input}' holds {written} records, {input.Sent} were sent: none of the engine's doing");
        }

        var results = Path.Combine(plan.Folder, "replay");
        string[] fromFile = ["--config", ConfigurationFile, "--set", $"inputs[0].file={InputFile}", .. plan.SettingOptions, .. _changes!.ForReplay];
        EngineProcess.RunToEnd(["replay", .. fromFile, "--out", results]);
        var comparison = new Comparison(reader, _topics, results, plan.ExactlyOnce, input.ClosingMs, _differences);
        comparison.Run();
        var customers = CompareCustomers(results, fromFile);
        if (plan.Changes > 0)
        {
            ComparePlan(results);
        }

        return new ChaosResult(
            _faults, faults.Phases, faults.HalfCommits, instances.Sum(instance => instance.Starts), instances.Sum(instance => instance.StartsWithCheckpoints),
            [.. instances.SelectMany(instance => instance.OwnExits)], _recovery!.Summary(), _recovery.Longest(), [.. instances.SelectMany(instance => instance.Replacements)], lasted, input.Sent, comparison.Outputs,
            comparison.Triggers, comparison.MembershipChanges, comparison.Repeated, customers, _differences);
    }

    /// <summary>What a plan finds in the changelog, of all customers, is where the replay ends.</summary>
    private void ComparePlan(string results)
    {
        using var found = JsonDocument.Parse(EngineProcess.RunToEnd(["plan", "--config", ConfigurationFile, "--against", "running", "--json", .. plan.SettingOptions]));
        using var summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(results, "summary.json")));
        foreach (var segment in summary.RootElement.GetProperty("segments").EnumerateObject())
        {
            var members = segment.Value.GetProperty("members").GetInt64();
            var before = found.RootElement.GetProperty("segments").TryGetProperty(segment.Name, out var planned) ? planned.GetProperty("before").GetInt64() : 0;
            if (before != members)
            {
                _differences.Add("plan wrong", $"{segment.Name}: {before} members before the change, where the replay has {members}");
            }
        }
    }

    /// <summary>The state of a few customers, out of the changelog and after the replay.</summary>
    private int CompareCustomers(string results, string[] fromFile)
    {
        var customers = Comparison.CustomersOf(results).Distinct(StringComparer.Ordinal).Take(CustomersCompared).ToList();
        foreach (var customer in customers)
        {
            var live = State(["inspect", "--config", ConfigurationFile, "--customer", customer, .. plan.SettingOptions]);
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
}
