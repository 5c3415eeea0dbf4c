namespace StreamSegmenter.Chaos;

/// <summary>What a chaos run does.</summary>
internal sealed record ChaosPlan
{
    /// <summary><c>host:port</c>; null: the embedded broker, in a process of its own, which knows no transactions.</summary>
    public string? Brokers { get; init; }

    public bool ExactlyOnce { get; init; }

    /// <summary>Processes of the engine.</summary>
    public int Instances { get; init; } = 1;

    /// <summary>Ends after so many faults, or after <see cref="TimeMax"/>, whichever is first.</summary>
    public int FaultsMax { get; init; } = int.MaxValue;

    public TimeSpan TimeMax { get; init; } = TimeSpan.MaxValue;

    /// <summary>Also stops processes for longer than a session lasts and lets them go on: zombies.</summary>
    public bool Freezes { get; init; }

    /// <summary>Instances have names that stay over a restart (static membership).</summary>
    public bool NamedInstances { get; init; }

    /// <summary>The members are given their partitions by the broker (Kafka 4).</summary>
    public bool ConsumerProtocol { get; init; }

    /// <summary>Commands that kill and start the broker <c>{n}</c>; null: brokers are left alone.</summary>
    public string? BrokerKill { get; init; }

    /// <inheritdoc cref="BrokerKill"/>
    public string? BrokerStart { get; init; }

    /// <summary>An instance must not be unready for longer, whatever the fault.</summary>
    public TimeSpan RecoveryMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Configuration keys that every command is given over the file, each as <c>key=value</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>The same, as options of a command.</summary>
    public IEnumerable<string> SettingOptions => Settings.SelectMany(setting => new[] { "--set", setting });

    /// <summary>Lanes of each process.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>How often other definitions are published meanwhile.</summary>
    public int Changes { get; init; }

    public int EventsPerSecond { get; init; } = 300;

    public int Partitions { get; init; } = 4;

    /// <summary>Decides the events and the faults; when exactly a process reaches a line, nobody decides.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The engine's kafka.sessionTimeout. Brokers allow no less than 6 s by default, the embedded one does.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>Where the input, the configuration and the replay's results go.</summary>
    public required string Folder { get; init; }

    /// <summary>Tells how it goes.</summary>
    public Action<string> Say { get; init; } = _ => { };
}
