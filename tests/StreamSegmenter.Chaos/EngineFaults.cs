using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Chaos;

/// <summary>Kills, freezes and restarts engines at moments that the seed decides.</summary>
/// <param name="done">Hears of every fault once it is done.</param>
/// <param name="say">Receives a line about each.</param>
internal sealed class EngineFaults(
    ChaosPlan plan, ChaosCluster cluster, ChaosTopics topics, TopicReader reader, KnownInput input, Differences differences, Action<string> done,
    Action<string> say)
{
    private static readonly TimeSpan ReadyMax = TimeSpan.FromSeconds(90);

    /// <summary>Of a changelog partition, enough to find a line behind the barriers of some restores.</summary>
    private const int TailLines = 10;
    private const short ProduceRequest = 0;
    private const short FetchRequest = 1;
    private const short OffsetCommitRequest = 8;
    private const int DelayedFetches = 16;

    // The input's producer uses them up too.
    private const int DelayedRequests = 150;

    private readonly Random _random = new(plan.Seed);
    private readonly SortedDictionary<string, int> _phases = new(StringComparer.Ordinal);
    private readonly Queue<int> _kinds = new();

    /// <summary>What engines said of themselves when they were killed.</summary>
    public IReadOnlyDictionary<string, int> Phases => _phases;

    /// <summary>Kills that left lines in the changelog behind the last complete commit.</summary>
    public int HalfCommits { get; private set; }

    /// <summary>Does the next fault to one of them; after it the instance runs again.</summary>
    public void Disturb(ChaosInstance[] instances)
    {
        var instance = instances[_random.Next(instances.Length)];
        switch (NextKind())
        {
            case 0:
                Kill(instance, "kill at any moment", () => Thread.Sleep(_random.Next(4_000)));
                break;
            case 1:
                Kill(instance, "kill in a restore", () => AwaitRestore(instance));
                break;
            case 2:
                Kill(instance, "kill when idle", () => FallSilent(instance));
                input.Resume();
                break;
            case 3 or 4 when cluster.Embedded is { } broker:
                Kill(instance, "kill in a commit", () => StretchCommit(instance, broker));
                break;
            case 3 or 4 or 5:
                Kill(instance, "kill at work", () =>
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

    private void Kill(ChaosInstance instance, string fault, Action wait)
    {
        wait();
        var phase = instance.Process.HasExited ? "ended by itself" : Phase(instance.Process.Readiness());
        instance.Revive();
        instance.Process.Kill();
        done(fault);
        _phases[phase] = _phases.GetValueOrDefault(phase) + 1;
        // With others at work the end of the changelog is theirs too.
        var half = plan.Instances == 1 && LeftHalfACommit();
        HalfCommits += half ? 1 : 0;

        say($"{fault}: {instance.Name}, {phase}{(half ? ", half a commit" : "")}");
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
        done("freeze");
        say($"freeze: {instance.Name}");
    }

    private void Restart(ChaosInstance instance)
    {
        AwaitReadiness(instance, says => says == "ready");
        Terminate(instance);
        done("restart in order");
        say($"restart in order: {instance.Name}");
        instance.KillAndStart();
    }

    /// <summary>Ends an instance in order; notes when it does not.</summary>
    public void Terminate(ChaosInstance instance)
    {
        instance.Process.Terminate();
        if (!instance.Process.WaitForExit(TimeSpan.FromSeconds(30)))
        {
            differences.Add("no end within the deadline", $"{instance.Name}: {instance.Process.Said}");
        }
        else if (instance.Process.ExitCode != 0 && !(MayMissItsLastCommit(instance) && instance.Process.Said.Contains("Nothing is lost", StringComparison.Ordinal)))
        {
            differences.Add("bad end", $"{instance.Name}, exit {instance.Process.ExitCode}: {instance.Process.Said}");
        }
    }

    /// <summary>Its group has forgotten it, or the brokers that it must write to may be away.</summary>
    private bool MayMissItsLastCommit(ChaosInstance instance) => instance.WasFrozen || plan.BrokerKill is not null;

    private void FallSilent(ChaosInstance instance)
    {
        AwaitReadiness(instance, says => says == "ready");
        input.Pause();
        Thread.Sleep(1_000 + _random.Next(500));
    }

    private void AwaitRestore(ChaosInstance instance)
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

    private bool LeftHalfACommit() =>
        reader.ReadTail(topics.Changelog, TailLines).Where(line => !StateKey.BarrierKey.SequenceEqual(line.Key!))
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
}
