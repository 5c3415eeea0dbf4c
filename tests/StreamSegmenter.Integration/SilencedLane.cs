using StreamSegmenter.Connectors.Kafka;

namespace StreamSegmenter.Integration;

/// <summary>A lane's clients and a broker that answers others, with connections between them that fall silent without a word. The client's
/// own remedy, to give a connection up after <c>socket.timeout.ms</c>, is put off: whatever a client's reason for hearing
/// nothing is, the lane must find it.</summary>
internal sealed class SilencedLane : IDisposable
{
    public const int SilenceMaxMs = 3_000;
    public const int SecondsMax = 20;

    public SilencedLane(int brokers = 1)
    {
        TestBroker.RequireEmbedded();
        Broker = new TestBroker(brokers);
        Proxies = [.. Broker.BootstrapServers.Split(',').Select(address => new BrokerProxy(address))];
        for (var i = 0; i < brokers; i++)
        {
            Broker.Embedded!.Advertise("127.0.0.1", Proxies[i].Port, broker: i + 1);
        }

        Settings = Broker.Settings(1, "clicks") with
        {
            BootstrapServers = Proxy.BootstrapServers,
            SilenceMaxMs = SilenceMaxMs,
            Properties = new Dictionary<string, string> { ["socket.timeout.ms"] = "300000" },
        };
    }

    public TestBroker Broker { get; }

    /// <summary>One in front of each broker, in the order of their numbers, which begin with 1.</summary>
    public BrokerProxy[] Proxies { get; }

    /// <summary>That of the first broker.</summary>
    public BrokerProxy Proxy => Proxies[0];

    public KafkaSettings Settings { get; }

    public string Topic => Settings.Inputs[0].Topic;

    public List<string> ReplacedProducers { get; } = [];

    /// <summary>A lane that has read all of that many events.</summary>
    public PolledLane Reading(int events, Func<KafkaSettings, KafkaSettings>? adjust = null)
    {
        var lane = new PolledLane(adjust?.Invoke(Settings) ?? Settings, replaced: ReplacedProducers.Add);
        lane.PollUntil(() => lane.Listener.Owned.Count > 0 && lane.Events.Count == events && lane.Progress.Values.All(progress => progress.CaughtUp));
        return lane;
    }

    public static WedgedClientException PollUntilWedged(PolledLane lane)
    {
        for (var until = Environment.TickCount64 + (SecondsMax * 1_000); Environment.TickCount64 < until;)
        {
            try
            {
                lane.PollOnce();
            }
            catch (WedgedClientException e)
            {
                return e;
            }
        }

        throw new TimeoutException($"not found within {SecondsMax} s that the client hears nothing; status: {lane.Lane.Status.Trouble}");
    }

    public void Dispose()
    {
        Array.ForEach(Proxies, proxy => proxy.Dispose());
        Broker.Dispose();
    }
}
