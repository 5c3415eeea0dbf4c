namespace StreamSegmenter.Connectors.Generator;

internal enum TrafficMode : byte
{
    /// <summary>Visits: a number of open sessions, each about ten events long; what a storefront produces.</summary>
    Sessions,

    /// <summary>A random customer for every event: the worst case for every cache.</summary>
    Uniform,
}

/// <summary>What traffic to make. Equal options give equal events, on every machine.</summary>
internal sealed record GeneratorOptions
{
    public TrafficMode Mode { get; init; } = TrafficMode.Sessions;

    public ulong Seed { get; init; } = 1;

    /// <summary>How many customers there are.</summary>
    public int Customers { get; init; } = 1_000_000;

    /// <summary>How many sessions are open at a time; a session's events are <c>OpenSessions / EventsPerSecond</c> seconds
    /// apart on average.</summary>
    public int OpenSessions { get; init; } = 20_000;

    public int Products { get; init; } = 5_000;

    /// <summary>Events per second of event time.</summary>
    public int EventsPerSecond { get; init; } = 1_000;

    /// <summary>Event time of the first event, epoch milliseconds.</summary>
    public long StartMs { get; init; } = 1_767_225_600_000;

    /// <summary>How long an event may be under way: it is delivered up to so many milliseconds after its event time.
    /// 0: in the order of event time.</summary>
    public int DisorderMs { get; init; }

    /// <summary>Share of events that are delivered twice, 0 to 1.</summary>
    public double DuplicateShare { get; init; }

    /// <summary>What is wrong with the options, with the remedy; null when they may be used.</summary>
    public string? Check() => this switch
    {
        { Customers: < 1 } => "customers: at least one is needed",
        { OpenSessions: < 1 or > 10_000_000 } => "open sessions: from 1 to 10,000,000",
        { Products: < 1 } => "products: at least one is needed",
        { EventsPerSecond: < 1 or > 100_000_000 } => "events per second: from 1 to 100,000,000",
        { StartMs: < 0 or > 250_000_000_000_000 } => "start: a time from 1970 to 9000",
        { DisorderMs: < 0 or > 3_600_000 } => "disorder: from 0 to 3,600,000 ms, an hour",
        { DuplicateShare: not (>= 0 and <= 1) } => "duplicates: a share from 0 to 1",
        _ when Pending > 10_000_000 => "disorder: more than ten million events would be under way; lower it or the events per second",
        _ => null,
    };

    /// <summary>How many events are under way at most.</summary>
    private double Pending => DisorderMs / 1000.0 * EventsPerSecond * (1 + DuplicateShare);
}
