using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Connectors.Codecs.Avro.Framing;
using StreamSegmenter.Connectors.Kafka;

namespace StreamSegmenter.Runtime.Configuration.Shapes;

/// <summary>The keys that an operator sets.</summary>
internal static class OperationShapes
{
    private static readonly TextShape Topic = new(
        "a topic's name of letters, digits, '-', '_' and '.'", 249,
        text => text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? null : "");

    private static readonly FreeMapShape Properties = new(
        new TextShape("a text, a number, true or false", 64 * 1024) { AnyScalar = true }, "a map of librdkafka's settings");

    private static readonly FreeMapShape RegistryProperties = new(
        new TextShape("a text, a number, true or false", 4096) { AnyScalar = true }, "a map of the registry client's settings");

    public static ObjectShape Kafka { get; } = new(
        "'kafka'",
        new Key("brokers",
            new EitherShape("a list of brokers such as host1:9092,host2:9092",
                new TextShape("a list of brokers such as host1:9092,host2:9092"),
                new ListShape(new TextShape("a broker such as host1:9092"), "a list of brokers", itemsMin: 1)),
            "Where to find the cluster: host:port, several separated by commas or as a list.", Required: true),
        new Key("group", TextShape.Name, "The consumer group; instances of one group share the work.", "streamsegmenter"),
        new Key("previousGroup", TextShape.Name,
            "The group whose changelog, state and positions, this group takes over: for renaming a group. Its engines must be "
            + "stopped. Without it, another group's changelog is refused."),
        new Key("instance", TextShape.Name,
            "Name of this instance in its group, unique and the same after a restart, so that a short restart moves no partitions; "
            + "${hostname} is the name of the machine. "
            + "Without it, partitions move whenever an instance starts or stops."),
        new Key("delivery", new ChoiceShape<DeliveryMode>(("exactly-once", DeliveryMode.ExactlyOnce), ("at-least-once", DeliveryMode.AtLeastOnce)),
            "exactly-once: results, state and offsets in one Kafka transaction; read the outputs with isolation.level=read_committed. "
            + "at-least-once: after a crash, results of the last commit interval may be written twice.", "exactly-once"),
        new Key("groupProtocol", new ChoiceShape<GroupProtocol>(("classic", GroupProtocol.Classic), ("consumer", GroupProtocol.Consumer)),
            "consumer: the broker assigns partitions, Kafka 4 and later; classic: the instances themselves do.", "classic"),
        new Key("startAt", new ChoiceShape<StartAt>(("earliest", StartAt.Earliest), ("latest", StartAt.Latest)),
            "Where a group that has read nothing yet begins.", "earliest"),
        new Key("createTopics", new BooleanShape(), "Whether missing output topics are created at start.", "true"),
        new Key("replicationFactor", new IntegerShape(-1, 100), "Replicas of created topics; -1: what the broker does by default.", "-1"),
        new Key("sessionTimeout", new DurationShape(DurationShape.SecondMs, 30 * DurationShape.MinuteMs),
            "After this long without a heartbeat an instance is dead to its group, and others take its partitions. Brokers allow "
            + "6s and more by default.", "30s"),
        new Key("commitTimeout", new DurationShape(DurationShape.SecondMs, 15 * DurationShape.MinuteMs),
            "A commit that takes longer is given up, and its work repeated. Brokers allow transactions of up to 15m by default.", "30s"),
        new Key("pollIntervalMax", new DurationShape(10 * DurationShape.SecondMs, DurationShape.DayMs),
            "A lane that does not poll for this long leaves its group: the longest restore of a lane must fit in.", "10m"),
        new Key("silenceMax", new DurationShape(2 * DurationShape.SecondMs, 10 * DurationShape.MinuteMs),
            "A Kafka client that hears nothing for this long, although the brokers answer another connection, is replaced.", "20s"),
        new Key("recordMax", new SizeShape(64 * 1024, 256 * SizeShape.MiB),
            "The largest record that the engine writes; topics may allow less. A dead letter carries the refused record, so it needs more "
            + "room than the inputs.", "8MiB"),
        new Key("consumerProperties", Properties, "librdkafka's settings for consumers alone, such as fetch.min.bytes."),
        new Key("producerProperties", Properties, "librdkafka's settings for producers alone, such as compression.type."),
        new Key("properties", Properties,
            "Any other property of librdkafka, such as security.protocol or sasl.password (take secrets from ${NAME} or "
            + "${file:PATH})."));

    public static ObjectShape Outputs { get; } = new(
        "'outputs'",
        new Key("format", new ChoiceShape<RecordFormat>(("json", RecordFormat.Json), ("avro", RecordFormat.Avro)), "Format of the results.", "json"),
        new Key("topics", new ObjectShape(
            "'topics'",
            new Key("cartAbandonment", Topic, "Cart-abandonment triggers.", "cart-abandonment"),
            new Key("segmentMembership", Topic, "Customers who entered or left a segment; compacted.", "segment-membership"),
            new Key("conversionMetrics", Topic, "The conversion numbers of each window; compacted.", "conversion-metrics"),
            new Key("deadLetters", Topic, "Records that could not be read.", "dead-letters"),
            new Key("suppressedTriggers", Topic, "Triggers that fell due but were not sent, with the reason.", "suppressed-triggers"),
            new Key("lateEvents", Topic, "Events that arrived later than 'grace' allows.", "late-events"),
            new Key("exchange", Topic,
                "What the partitions' shards tell each other, such as their parts of conversion numbers; internal, with as many partitions as the "
                + "inputs, kept for a week. Never share it between two groups.", "streamsegmenter-exchange"),
            new Key("changelog", Topic, "The engine's own state; compacted. Never share it between two groups.", "streamsegmenter-changelog"),
            new Key("definitions", Topic,
                "Where 'publish' writes new versions of segments and rules, which all instances then follow; compacted. Without it, each instance "
                + "follows its own configuration file."),
            new Key("instances", Topic,
                "Where instances announce their HTTP addresses, so that any of them answers for all; compacted. Without it, each answers for its own "
                + "partitions alone.")),
            "Names of the topics."));

    public static ObjectShape Schemas { get; } = new(
        "'schemas'",
        new Key("folder", new TextShape("a folder's path"),
            "Folder with .avsc files; relative to this configuration's folder. Default: the schemas inside the program."),
        new Key("registry", new TextShape("up to 5 addresses such as http://registry:8081, separated by commas", 2048, AreHttp),
            "Address of a Schema Registry; several of one registry, separated by commas: when one does not answer, the next is tried. Excludes "
            + "'folder'."),
        new Key("user", new TextShape("a user's name", 256), "User of the registry."),
        new Key("password", new TextShape("a password", 1024), "Password of the registry: take it from ${NAME} or ${file:PATH}."),
        new Key("token", new TextShape("a bearer token", 16 * 1024), "Bearer token for the registry, instead of a user: take it from ${NAME} or ${file:PATH}."),
        new Key("properties", RegistryProperties,
            "Any other property of Confluent's registry client, such as schema.registry.ssl.keystore.location for a client certificate."));

    public static ObjectShape Engine { get; } = new(
        "'engine'",
        new Key("lanes", new IntegerShape(1, 256), "Threads that each own a share of the partitions. Default: one per core."),
        new Key("shards", new IntegerShape(1, 1024), "Replay only: the number of virtual partitions among which customers are divided.", "8"),
        new Key("commitInterval", new DurationShape(10, DurationShape.MinuteMs),
            "Longest time from an event's processing to its commit.", "1s"),
        new Key("idleTimeout", new DurationShape(100, 10 * DurationShape.MinuteMs),
            "A partition that is read to its end and silent for this long no longer holds back the watermark.", "1s"),
        new Key("alignment", new DurationShape(0, DurationShape.DayMs),
            "No partition's watermark runs further ahead of the slowest one than this, so that a catch-up after an outage happens in the order in "
            + "which it would have happened live; or, while all catch up, than the slowest comes in a second. 0s: each runs as far as it can.", "1m"),
        new Key("maxClockSkew", new DurationShape(DurationShape.SecondMs, 366 * DurationShape.DayMs),
            "An event further ahead of the clock becomes a dead letter, so that one wrong clock cannot move the watermark.", "1h"),
        new Key("reorderEvents", new IntegerShape(1000, 100_000_000),
            "Events that a shard buffers for reordering before it pauses the partition that runs ahead.", "100000"),
        new Key("workingSet", new SizeShape(SizeShape.MiB, 64 * SizeShape.GiB),
            "A lane commits early when its uncommitted state grows beyond this.", "256MiB"),
        new Key("stateDirectory", new TextShape("a folder's path"),
            "Folder for state that does not fit into memory and for checkpoints, which shorten a restart; relative to this "
            + "configuration's folder, one per instance. Default: a temporary folder, without checkpoints."),
        new Key("stateMemory", new SizeShape(16 * SizeShape.MiB, 1024 * SizeShape.GiB),
            "Memory of the customer store of one lane.", "512MiB"),
        new Key("shutdownDeadline", new DurationShape(DurationShape.SecondMs, DurationShape.HourMs),
            "On Ctrl-C, SIGTERM or SIGHUP: how long the last commit and leaving the group may take. Work unfinished by then is "
            + "repeated by the next start.", "30s"),
        new Key("checkpointInterval", new DurationShape(DurationShape.SecondMs, DurationShape.DayMs),
            "Time from one checkpoint of a partition's state to the next; a restart reads the changelog from there.", "10m"),
        new Key("checkpointAgeMax", new DurationShape(DurationShape.MinuteMs, 366 * DurationShape.DayMs),
            "An older checkpoint is not used. Keep it well below the changelog topic's delete.retention.ms (24 h, or twice this, unless "
            + "it was changed; a smaller one is refused at start): after that time the topic forgets deletions, and the checkpoint "
            + "would restore what was deleted.", "12h"));

    private static ObjectShape Tls { get; } = new(
        "the server's certificate",
        new Key("certificate", new TextShape("a path", 4096), "PEM file of the certificate, with those between it and its root behind it. Read again when it changes.",
            Required: true),
        new Key("key", new TextShape("a path", 4096), "PEM file of its private key, not encrypted. Read again when it changes.", Required: true));

    private static ObjectShape AccessToken { get; } = new(
        "a token",
        new Key("name", new TextShape("a name such as grafana", 64), "Whose it is: the audit log names it.", Required: true),
        new Key("role", new ChoiceShape<AccessRole>(("metrics", AccessRole.Metrics), ("read", AccessRole.Read), ("admin", AccessRole.Admin)),
            "What it opens. metrics: /metrics; read: the console and the API as well; admin: planning and publishing definitions, too.", Required: true),
        new Key("token", new TextShape("a token of at least 16 characters", 256), "The secret: take it from ${NAME} or ${file:PATH}.", Required: true));

    public static ObjectShape Http { get; } = new(
        "'http'",
        new Key("listen", new TextShape("an address such as 127.0.0.1:9464, or 'off'", 256),
            "Address of the console, /api/v1, /metrics, /healthz and /readyz; off: no HTTP.", ListenAddress.Default),
        new Key("tls", Tls, "The server's certificate. Required beyond this machine, unless 'allowInsecure' says that it is not."),
        new Key("allowInsecure", new BooleanShape(),
            "Listen beyond this machine without TLS: behind a proxy that has it, or where the network is closed.", "false"),
        new Key("tokens", new ListShape(AccessToken, "a list of tokens"),
            "Every request must carry one of these, as 'Authorization: Bearer' or by signing in. Without any, the API and the console answer on this machine only."),
        new Key("advertise", new TextShape("an address such as http://engine-1:9464", 512, text => IsHttp(text) ? null : ""),
            "Where other instances reach this one. Default: http.listen, or the machine's name where that is all of its addresses."),
        new Key("openMetrics", new BooleanShape(), "/metrics needs no token, although there are some. Health checks never do.", "false"));

    public static ObjectShape Logging { get; } = new(
        "'logging'",
        new Key("format", new ChoiceShape<LogFormat>(
                ("auto", LogFormat.Auto), ("text", LogFormat.Text), ("logfmt", LogFormat.Logfmt), ("json", LogFormat.Json)),
            "How 'run' writes its log, on standard error: sentences, key=value pairs or JSON objects, each with time, level and category; "
            + "auto: sentences on a terminal, logfmt elsewhere.", "auto"));

    private static string? AreHttp(string text)
    {
        var addresses = text.Split(',', StringSplitOptions.TrimEntries);
        return addresses.Length <= RegistryOptions.UrlsMax && addresses.All(IsHttp) ? null : "";
    }

    private static bool IsHttp(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
}
