using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using StreamSegmenter.Connectors.Kafka.Native;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>A broker that speaks Kafka's protocol on the loopback interface, inside this process: librdkafka's mock cluster.
/// Any client on this machine can use it, in this process or another; it ends with the process that started it.
/// <para>Its limits, which no setting of the mock cluster lifts:</para>
/// <list type="bullet">
/// <item>Nothing is on disk, and per partition the oldest batches are dropped beyond 5 MiB (as compressed) or 100,000
/// batches; compaction does not happen. More partitions hold more.</item>
/// <item>A topic that is not created by <see cref="CreateTopic"/> appears on first use, with 4 partitions; the admin API
/// (create, describe, delete) is not served.</item>
/// <item>A fetch answers one batch per partition, so throughput grows with the batches' size.</item>
/// <item>Transactions succeed but prove nothing: aborted records stay visible, offsets sent in a transaction are
/// discarded, nothing is fenced, and the markers carry no checksum, so that readers with <c>check.crcs</c> stop at the
/// first. Use at-least-once.</item>
/// <item>A group that changes takes its session timeout less a second to settle, and refuses commits meanwhile, also those
/// of a lane whose partitions are being revoked. A static member that comes back counts as a new one until the old one's
/// session ends.</item>
/// </list>
/// Thread-safe. Dispose it after its clients: they would go on looking for it.</summary>
internal sealed class EmbeddedBroker : IDisposable
{
    private const int ProducerType = 0;
    private const int ErrorSize = 512;

    private readonly Lock _gate = new();
    private nint _client;
    private nint _cluster;

    private EmbeddedBroker(nint client, nint cluster)
    {
        _client = client;
        _cluster = cluster;
        BootstrapServers = Marshal.PtrToStringUTF8(Librdkafka.MockClusterBootstraps(cluster))!;
    }

    /// <summary><c>127.0.0.1:port</c>, a port the system chose.</summary>
    public string BootstrapServers { get; }

    /// <param name="rebalanceDelayMs">How long a group waits for more members before its first assignment.</param>
    /// <param name="brokers">How many brokers the cluster has, numbered from 1; partitions are dealt to them in turn.</param>
    /// <exception cref="KafkaLaneException">No socket, no memory.</exception>
    public static unsafe EmbeddedBroker Start(int rebalanceDelayMs = 100, int brokers = 1)
    {
        var error = stackalloc byte[ErrorSize];
        var conf = Librdkafka.ConfNew();
        // The client that carries the cluster has nobody to talk to and would say so in the log.
        if (Librdkafka.ConfSet(conf, "log_level", "2", error, ErrorSize) != 0
            || Librdkafka.ConfSet(conf, "client.id", "embedded-broker", error, ErrorSize) != 0)
        {
            Librdkafka.ConfDestroy(conf);
            throw new KafkaLaneException($"The embedded broker cannot be configured: {Text(error)}.");
        }

        var client = Librdkafka.New(ProducerType, conf, error, ErrorSize);
        if (client == 0)
        {
            Librdkafka.ConfDestroy(conf);
            throw new KafkaLaneException($"The embedded broker cannot start: {Text(error)}.");
        }

        var cluster = Librdkafka.MockClusterNew(client, brokers);
        if (cluster == 0)
        {
            Librdkafka.Destroy(client);
            throw new KafkaLaneException("The embedded broker cannot listen on the loopback interface.");
        }

        Librdkafka.MockGroupInitialRebalanceDelayMs(cluster, rebalanceDelayMs);
        // Without a controller admin clients wait for one instead of hearing that their request is not served.
        Librdkafka.MockSetControllerId(cluster, 1);
        return new EmbeddedBroker(client, cluster);
    }

    /// <summary>Creates a topic. An existing one of that name is an error.</summary>
    public void CreateTopic(string name, int partitions)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_cluster == 0, this);
            var error = Librdkafka.MockTopicCreate(_cluster, name, partitions, 1);
            if (error != 0)
            {
                throw new KafkaLaneException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The embedded broker refused topic '{name}' with {partitions} partitions: error {error}. Does it exist?"));
            }
        }
    }

    /// <summary>Cuts all connections and refuses new ones until <see cref="GoUp"/>; topics and groups stay.</summary>
    public void GoDown()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_cluster == 0, this);
            _ = Librdkafka.MockBrokerSetDown(_cluster, -1);
        }
    }

    public void GoUp()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_cluster == 0, this);
            _ = Librdkafka.MockBrokerSetUp(_cluster, -1);
        }
    }

    /// <summary>From now on the broker names this as its address to clients, which connect to it for all but their first question:
    /// a proxy in front of it. <see cref="BootstrapServers"/> stays where it listens itself.</summary>
    public void Advertise(string host, int port, int broker = 1)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_cluster == 0, this);
            Librdkafka.MockBrokerSetHostPort(_cluster, broker, host, port);
        }
    }

    /// <summary>Answers the next requests of one kind with these error codes of Kafka's protocol, one each.</summary>
    /// <param name="apiKey">The protocol's number of the request: 0 produce, 1 fetch, 8 offset commit.</param>
    public unsafe void FailRequests(short apiKey, params ReadOnlySpan<int> errors)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_cluster == 0, this);
            fixed (int* first = errors)
            {
                Librdkafka.MockPushRequestErrors(_cluster, apiKey, (nuint)errors.Length, first);
            }
        }
    }

    /// <summary>The next request of that kind is answered so much later, with what is known when it comes.</summary>
    public void DelayRequest(short apiKey, TimeSpan delay)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_cluster == 0, this);
            if (Librdkafka.MockPushRequestDelay(_cluster, 1, apiKey, 1, 0, (int)delay.TotalMilliseconds) != 0)
            {
                throw new InvalidOperationException("The embedded broker does not know its own broker.");
            }
        }
    }

    /// <summary>How many requests of that kind are still to be delayed or refused by the first broker.</summary>
    public int DelayedRequests(short apiKey)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_cluster == 0, this);
            return Librdkafka.MockPendingErrors(_cluster, 1, apiKey, out var count) == 0
                ? (int)count
                : throw new InvalidOperationException("The embedded broker does not know its own broker.");
        }
    }

    /// <summary>Makes a broker the coordinator of a group; the one before refuses the group's requests from now on.</summary>
    public void MoveCoordinator(string group, int broker)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_cluster == 0, this);
            if (Librdkafka.MockCoordinatorSet(_cluster, "group", group, broker) != 0)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The embedded broker has no broker {broker}."));
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_cluster == 0)
            {
                return;
            }

            Librdkafka.MockClusterDestroy(_cluster);
            Librdkafka.Destroy(_client);
            _cluster = _client = 0;
        }
    }

    private static unsafe string Text(byte* error) =>
        Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(error));
}
