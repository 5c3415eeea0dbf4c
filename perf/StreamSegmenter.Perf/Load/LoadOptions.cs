using System.Globalization;

namespace StreamSegmenter.Perf.Load;

/// <summary>What is measured.</summary>
internal enum LoadProgram
{
    /// <summary>One lane of the engine.</summary>
    Engine,

    /// <summary>A Confluent.Kafka <c>Consume()</c> loop that does nothing else: the floor that the engine is held against.</summary>
    Consume,
}

/// <summary>Where its records come from.</summary>
internal enum LoadSource
{
    Memory,
    Kafka,
}

/// <summary>What of the engine's durability is on.</summary>
internal enum LoadDurability
{
    /// <summary>What the source has without asking: nothing for memory, at-least-once for Kafka.</summary>
    Usual,

    /// <summary>One transaction per commit.</summary>
    Transactions,

    /// <summary>A checkpoint of every shard each second: hundreds of times as often as one would have it.</summary>
    Checkpoints,
}

/// <summary>One load: a program, its source, the traffic.</summary>
/// <param name="Events">Events measured; as many as <see cref="WarmUpEvents"/> come before them.</param>
internal sealed record LoadOptions(LoadProgram Program, LoadSource Source, LoadCodec Codec, TrafficShape Shape, long Events)
{
    public LoadDurability Durability { get; init; }

    public const string Topic = "storefront-events";

    /// <summary>What the embedded broker holds of this load before it drops the oldest, with a margin.</summary>
    public const long EventsThroughBrokerMax = 1_500_000;

    /// <summary>Until the JIT has settled and the pools have grown.</summary>
    public const long WarmUpEvents = 1_000_000;

    /// <summary>All events of the run.</summary>
    public long EventsInAll => WarmUpEvents + Events;

    /// <summary>The embedded broker keeps 5 MiB per partition, so its topic is spread wider than the load would need.</summary>
    public int Partitions => Source == LoadSource.Kafka ? 32 : 8;

    public string Name =>
        string.Join('/', Lower(Program), Lower(Source), Lower(Codec), Lower(Shape))
        + (Durability == LoadDurability.Usual ? "" : "/" + Lower(Durability));

    public IReadOnlyList<string> Arguments =>
    [
        Lower(Program), "--source", Lower(Source), "--codec", Lower(Codec), "--shape", Lower(Shape), "--events", Events.ToString(CultureInfo.InvariantCulture),
        "--durability", Lower(Durability),
    ];

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
