namespace StreamSegmenter.Chaos;

/// <summary>One place in which an engine runs: started again whenever it ends, as an orchestrator does.</summary>
internal sealed class ChaosInstance(ChaosPlan plan, string configuration, int number) : IDisposable
{
    private readonly List<string> _ownExits = [];
    private long _startedAt;

    public EngineProcess Process { get; private set; } = null!;

    public string Name => "instance " + number;

    public IReadOnlyList<string> OwnExits => _ownExits;

    public TimeSpan Age => TimeSpan.FromMilliseconds(Environment.TickCount64 - _startedAt);

    public void Start()
    {
        string[] named = plan.NamedInstances ? ["--set", $"kafka.instance=chaos-{number}"] : [];
        Process = new EngineProcess(["--config", configuration, .. named]);
        _startedAt = Environment.TickCount64;
    }

    /// <summary>Starts it again if it ended by itself.</summary>
    public void Revive()
    {
        if (Process.HasExited)
        {
            Process.WaitForExit(TimeSpan.FromSeconds(5));
            var words = Process.Said.Split(Environment.NewLine);
            _ownExits.Add($"{Name}, exit {Process.ExitCode}: {words[^1]}");
            Process.Dispose();
            Start();
        }
    }

    public void KillAndStart()
    {
        Process.Dispose();
        Start();
    }

    public void Dispose() => Process?.Dispose();
}
