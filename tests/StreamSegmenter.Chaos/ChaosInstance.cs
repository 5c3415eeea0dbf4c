namespace StreamSegmenter.Chaos;

/// <summary>One place in which an engine runs: started again whenever it ends, as an orchestrator does.</summary>
internal sealed class ChaosInstance(ChaosPlan plan, string configuration, int number) : IDisposable
{
    private readonly List<string> _ownExits = [];
    private readonly Random _coin = new((plan.Seed * 31) + number);
    private readonly string _state = Path.Combine(plan.Folder, $"state-{number}");
    private readonly List<string> _replacements = [];
    private long _startedAt;
    private volatile int _starts;
    private volatile bool _isFrozen;

    public EngineProcess Process { get; private set; } = null!;

    public string Name => "instance " + number;

    public IReadOnlyList<string> OwnExits => _ownExits;

    public int Starts => _starts;

    /// <summary>Of the present process, milliseconds as <see cref="Environment.TickCount64"/> counts.</summary>
    public long StartedAt => Volatile.Read(ref _startedAt);

    public bool IsFrozen => _isFrozen;

    /// <summary>What its processes said of Kafka clients that they replaced.</summary>
    public IReadOnlyList<string> Replacements => _replacements;

    /// <summary>Of those, the ones that found checkpoints.</summary>
    public int StartsWithCheckpoints { get; private set; }

    public TimeSpan Age => TimeSpan.FromMilliseconds(Environment.TickCount64 - _startedAt);

    /// <summary>It may find itself forgotten by its group, also when it is told to stop.</summary>
    public bool WasFrozen { get; private set; }

    public void Freeze()
    {
        WasFrozen = _isFrozen = true;
        Process.Freeze();
    }

    public void Thaw()
    {
        Process.Thaw();
        _isFrozen = false;
    }

    public void Start()
    {
        WasFrozen = false;
        string[] named = plan.NamedInstances ? ["--set", $"kafka.instance=chaos-{number}"] : [];

        // Every other start, about, goes without: it reads the whole changelog, and the next one finds checkpoints that are older.
        string[] kept = _coin.Next(2) == 0 ? ["--set", $"engine.stateDirectory={_state}", "--set", "engine.checkpointInterval=1s"] : [];
        Volatile.Write(ref _startedAt, Environment.TickCount64);
        StartsWithCheckpoints += kept.Length > 0 && HasCheckpoints() ? 1 : 0;
        Process = new EngineProcess(["--config", configuration, .. plan.SettingOptions, .. named, .. kept]);
        _starts++;
    }

    /// <summary>Starts it again if it ended by itself.</summary>
    public void Revive()
    {
        if (Process.HasExited)
        {
            Process.WaitForExit(TimeSpan.FromSeconds(5));
            var words = Process.Said.Split(Environment.NewLine);
            NoteReplacements();
            _ownExits.Add($"{Name}, exit {Process.ExitCode}: {words[^1]}");
            Process.Dispose();
            Start();
        }
    }

    public void KillAndStart()
    {
        Process.Dispose();
        NoteReplacements();
        Start();
    }

    /// <summary>Takes in what the present process said, once it has ended.</summary>
    public void NoteReplacements() => _replacements.AddRange(Process.Said.Split(Environment.NewLine)
        .Where(line => line.Contains("replaces a Kafka client", StringComparison.Ordinal)).Select(line => $"{Name}: {line}"));

    public void Dispose() => Process?.Dispose();

    private bool HasCheckpoints() =>
        Directory.Exists(_state) && Directory.EnumerateFiles(_state, "*.manifest", SearchOption.AllDirectories).Any();
}
