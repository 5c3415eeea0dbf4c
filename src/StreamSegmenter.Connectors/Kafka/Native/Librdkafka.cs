using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace StreamSegmenter.Connectors.Kafka.Native;

/// <summary>A record as librdkafka hands it out (<c>rd_kafka_message_t</c>). Never made here, only looked at.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct NativeRecord
{
    public readonly int Error;
    public readonly nint Topic;
    public readonly int Partition;
    public readonly byte* Payload;
    public readonly nuint PayloadLength;
    public readonly byte* Key;
    public readonly nuint KeyLength;
    public readonly long Offset;
    private readonly nint _private;

    public ReadOnlySpan<byte> KeySpan => new(Key, checked((int)KeyLength));

    public ReadOnlySpan<byte> PayloadSpan => new(Payload, checked((int)PayloadLength));
}

/// <summary>A place in a log as librdkafka writes it (<c>rd_kafka_topic_partition_t</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativePosition
{
    public nint Topic;
    public int Partition;
    public long Offset;
    public nint Metadata;
    public nuint MetadataLength;
    public nint Opaque;
    public int Error;
    private readonly nint _private;
}

/// <summary>A list of places (<c>rd_kafka_topic_partition_list_t</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativePositions
{
    public int Count;
    public int Capacity;
    public NativePosition* First;
}

/// <summary>The functions of librdkafka that Confluent.Kafka does not offer, or not without objects per record: batch consumption,
/// producing from spans, commits of offsets that can be waited for with a limit, and the mock cluster.</summary>
internal static unsafe partial class Librdkafka
{
    private const string Library = "librdkafka";

    static Librdkafka() => NativeLibrary.SetDllImportResolver(typeof(Librdkafka).Assembly, Resolve);

    /// <summary>The native client behind a client of Confluent.Kafka; 0 when its version keeps the handle elsewhere.</summary>
    public static nint HandleOf(IClient client)
    {
        // The handle is public as an opaque object only; a client made by this library needs the pointer in it.
        var property = typeof(Handle).GetProperty("LibrdkafkaHandle", BindingFlags.Instance | BindingFlags.NonPublic);
        return property?.GetValue(client.Handle) is SafeHandle handle ? handle.DangerousGetHandle() : 0;
    }

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_get_consumer")]
    public static partial nint QueueGetConsumer(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_destroy")]
    public static partial void QueueDestroy(nint queue);

    /// <summary>Waits until the array is full or the time is over; serves the client's callbacks meanwhile.</summary>
    [LibraryImport(Library, EntryPoint = "rd_kafka_consume_batch_queue")]
    public static partial nint ConsumeBatchQueue(nint queue, int timeoutMs, NativeRecord** records, nuint size);

    [LibraryImport(Library, EntryPoint = "rd_kafka_message_destroy")]
    public static partial void RecordDestroy(NativeRecord* record);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "rd_kafka_message_timestamp")]
    public static partial long RecordTimestamp(NativeRecord* record, int* kind);

    [LibraryImport(Library, EntryPoint = "rd_kafka_message_errstr")]
    public static partial nint RecordErrorText(NativeRecord* record);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_name")]
    public static partial nint TopicName(nint topic);

    /// <summary>The queue of a client's delivery reports and other callbacks.</summary>
    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_get_main")]
    public static partial nint QueueGetMain(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_new", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint TopicNew(nint client, string topic, nint conf);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_destroy")]
    public static partial void TopicDestroy(nint topic);

    /// <summary>Queues a record; -1 when it is refused: then <see cref="LastError"/> says why.</summary>
    [LibraryImport(Library, EntryPoint = "rd_kafka_produce")]
    public static partial int Produce(
        nint topic, int partition, int flags, byte* payload, nuint payloadLength, byte* key, nuint keyLength, nint opaque);

    /// <summary>Why this thread's last call failed.</summary>
    [LibraryImport(Library, EntryPoint = "rd_kafka_last_error")]
    public static partial int LastError();

    /// <summary>Why a client can never work again, and says so in words; 0 when it can.</summary>
    [LibraryImport(Library, EntryPoint = "rd_kafka_fatal_error")]
    public static partial int FatalError(nint client, byte* reason, nuint reasonSize);

    /// <summary>Takes an event's next records, which live as long as the event; 0 when there are no more.</summary>
    [LibraryImport(Library, EntryPoint = "rd_kafka_event_message_array")]
    public static partial nuint EventRecords(nint happening, NativeRecord** records, nuint size);

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_new")]
    public static partial nint QueueNew(nint client);

    /// <summary>The queue's next event, 0 when none came in time.</summary>
    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_poll")]
    public static partial nint QueuePoll(nint queue, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_type")]
    public static partial int EventType(nint happening);

    /// <summary>The client's statistics, which live as long as the event; null when it is another event.</summary>
    [LibraryImport(Library, EntryPoint = "rd_kafka_event_stats")]
    public static partial byte* EventStatistics(nint happening);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_error")]
    public static partial int EventError(nint happening);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_topic_partition_list")]
    public static partial NativePositions* EventPositions(nint happening);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_destroy")]
    public static partial void EventDestroy(nint happening);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_partition_list_new")]
    public static partial NativePositions* PositionsNew(int capacity);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_partition_list_add", StringMarshalling = StringMarshalling.Utf8)]
    public static partial NativePosition* PositionsAdd(NativePositions* positions, string topic, int partition);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_partition_list_destroy")]
    public static partial void PositionsDestroy(NativePositions* positions);

    /// <summary>Not 0: the group gave the consumer's partitions to others, and the consumer knows; until it is served the news.</summary>
    [LibraryImport(Library, EntryPoint = "rd_kafka_assignment_lost")]
    public static partial int AssignmentLost(nint client);

    /// <summary>Commits without waiting; the outcome comes as an event into the queue.</summary>
    [LibraryImport(Library, EntryPoint = "rd_kafka_commit_queue")]
    public static partial int CommitQueue(nint client, NativePositions* positions, nint queue, nint callback, nint opaque);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    public static partial nint ConfNew();

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ConfSet(nint conf, string name, string value, byte* error, nuint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_destroy")]
    public static partial void ConfDestroy(nint conf);

    /// <summary>Takes the configuration over when it succeeds.</summary>
    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    public static partial nint New(int type, nint conf, byte* error, nuint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_destroy")]
    public static partial void Destroy(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_new")]
    public static partial nint MockClusterNew(nint client, int brokers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    public static partial void MockClusterDestroy(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    public static partial nint MockClusterBootstraps(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_group_initial_rebalance_delay_ms")]
    public static partial void MockGroupInitialRebalanceDelayMs(nint cluster, int delayMs);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_set_controller_id")]
    public static partial void MockSetControllerId(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MockTopicCreate(nint cluster, string topic, int partitions, int replicas);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_down")]
    public static partial int MockBrokerSetDown(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_up")]
    public static partial int MockBrokerSetUp(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_host_port", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void MockBrokerSetHostPort(nint cluster, int broker, string host, int port);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_push_request_error_rtts")]
    public static partial int MockPushRequestDelay(nint cluster, int broker, short apiKey, nuint count, int error, int delayMs);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_error_stack_cnt")]
    public static partial int MockPendingErrors(nint cluster, int broker, short apiKey, out nuint count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_coordinator_set", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MockCoordinatorSet(nint cluster, string kind, string key, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_push_request_errors_array")]
    public static partial void MockPushRequestErrors(nint cluster, short apiKey, nuint count, int* errors);

    /// <summary>Loads the very file that Confluent.Kafka loads: its package holds one built per C library.</summary>
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library)
        {
            return 0;
        }

        foreach (var candidate in (string[])["librdkafka", "alpine-librdkafka", "centos8-librdkafka"])
        {
            if (NativeLibrary.TryLoad(candidate, assembly, path, out var handle))
            {
                return handle;
            }
        }

        return 0;
    }
}
