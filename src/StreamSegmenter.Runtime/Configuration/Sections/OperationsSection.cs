using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Connectors.Codecs.Avro.Framing;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Options;
using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Runtime.Configuration.Sections;

/// <summary>Reads what an operator sets: Kafka, outputs, schemas, engine, HTTP.</summary>
internal static class OperationsSection
{
    /// <summary>An eighth of it is a shard's.</summary>
    private const long StateMemoryBytesMin = 64 << 20;

    public static KafkaSettings? ReadKafka(SectionReader root, KafkaOutputs topics, LoadContext context)
    {
        if (!root.Has("kafka"))
        {
            if (context.Use == ConfigurationUse.Run)
            {
                context.Problems.Add(root.Place, "there is no section 'kafka' with 'brokers', which names the cluster to work with");
            }

            return null;
        }

        var section = root.Section("kafka");
        var startAt = section.Choice<StartAt>("startAt");
        var settings = new KafkaSettings
        {
            BootstrapServers = section.Texts("brokers") is { Count: > 0 } brokers
                ? string.Join(',', brokers.Select(broker => broker.Text))
                : section.Text("brokers"),
            GroupId = section.Text("group"),
            PreviousGroupId = section.TextOrNull("previousGroup"),
            InstanceId = section.TextOrNull("instance"),
            Inputs = [.. root.Sections("inputs").Where(input => input.Has("topic")).Select(input => new KafkaInput(input.Text("topic"), startAt))],
            Outputs = topics,
            Delivery = section.Choice<DeliveryMode>("delivery"),
            GroupProtocol = section.Choice<GroupProtocol>("groupProtocol"),
            CreateTopics = section.Boolean("createTopics"),
            ReplicationFactor = (short)section.Integer("replicationFactor"),
            SessionTimeoutMs = (int)section.Measure("sessionTimeout"),
            CommitTimeoutMs = (int)section.Measure("commitTimeout"),
            PollIntervalMsMax = (int)section.Measure("pollIntervalMax"),
            SilenceMaxMs = (int)section.Measure("silenceMax"),
            RecordBytesMax = (int)section.Measure("recordMax"),
            Properties = ReadProperties(section, "properties", context, KafkaSettings.PropertyProblem),
            ConsumerProperties = ReadProperties(section, "consumerProperties", context, KafkaSettings.PropertyProblem),
            ProducerProperties = ReadProperties(section, "producerProperties", context, KafkaSettings.PropertyProblem),
        };
        if (settings.PollIntervalMsMax < Math.Max(settings.SessionTimeoutMs, settings.CommitTimeoutMs))
        {
            context.Problems.Add(
                section.PlaceOf("pollIntervalMax"),
                "'pollIntervalMax' is shorter than 'sessionTimeout' or 'commitTimeout': a commit must fit between two polls");
        }

        return settings;
    }

    private static Dictionary<string, string> ReadProperties(
        SectionReader section, string key, LoadContext context, Func<string, string, string?> problemOf)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, place, value) in section.Entries(key))
        {
            properties[name] = value.Text;
            if (problemOf(name, value.Text) is { } problem)
            {
                context.Problems.Add(place, problem);
            }
        }

        return properties;
    }

    public static OutputsConfiguration ReadOutputs(SectionReader root, LoadContext context)
    {
        var section = root.Section("outputs");
        var topics = section.Section("topics");
        var names = topics.Keys.Where(key => topics.TextOrNull(key) is not null).Select(key => new PlacedText(topics.Text(key), topics.PlaceOf(key))).ToArray();
        context.RefuseRepeated("the output topic", names);
        foreach (var input in root.Sections("inputs").Where(i => i.Has("topic")))
        {
            var written = names.FirstOrDefault(n => n.Text == input.Text("topic"));
            if (written.Text is not null)
            {
                context.Problems.Add(
                    input.PlaceOf("topic"),
                    $"the topic '{written.Text}' is an output too: the engine would read what it writes");
            }
        }

        return new OutputsConfiguration(
            section.Choice<RecordFormat>("format"),
            new KafkaOutputs(
                CartAbandonment: topics.Text("cartAbandonment"), SegmentMembership: topics.Text("segmentMembership"),
                ConversionMetrics: topics.Text("conversionMetrics"), DeadLetters: topics.Text("deadLetters"),
                LateEvents: topics.Text("lateEvents"), Changelog: topics.Text("changelog"))
            {
                SuppressedTriggers = topics.Text("suppressedTriggers"),
                Exchange = topics.Text("exchange"),
                Definitions = topics.TextOrNull("definitions"),
                Instances = topics.TextOrNull("instances"),
            });
    }

    public static SchemasConfiguration ReadSchemas(SectionReader root, LoadContext context)
    {
        var section = root.Section("schemas");
        if (section.Has("folder") && section.Has("registry"))
        {
            context.Problems.Add(section.PlaceOf("registry"), "'schemas' has a folder or a registry, not both");
        }

        var folder = section.Has("folder") ? FolderOf(section, "folder", context) : null;
        if (folder is not null && !Directory.Exists(folder))
        {
            context.Problems.Add(section.PlaceOf("folder"), $"there is no folder '{section.Text("folder")}'");
        }

        if (section.Has("user") && section.Has("token"))
        {
            context.Problems.Add(section.PlaceOf("token"), "'schemas' has a user or a token, not both");
        }

        return new SchemasConfiguration(
            folder, section.TextOrNull("registry"), section.TextOrNull("user"), section.TextOrNull("password"), section.TextOrNull("token"),
            ReadProperties(section, "properties", context, (name, _) => RegistryProperties.Problem(name)));
    }

    public static EngineConfiguration ReadEngine(SectionReader root, string changelog, KafkaSettings? kafka, LoadContext context)
    {
        var section = root.Section("engine");
        var stateDirectory = section.Has("stateDirectory") ? FolderOf(section, "stateDirectory", context) : null;
        return new EngineConfiguration
        {
            Lanes = section.Scalar("lanes") is null ? null : (int)section.Integer("lanes"),
            Shards = (int)section.Integer("shards"),
            ShutdownDeadline = TimeSpan.FromMilliseconds(section.Measure("shutdownDeadline")),
            Limits = new EngineOptions
            {
                Inputs = [],
                CommitIntervalMs = section.Measure("commitInterval"),
                IdleTimeoutMs = section.Measure("idleTimeout"),
                Exchange = new ExchangeOptions { AlignmentMs = section.Measure("alignment") },
                MaxClockSkewMs = section.Measure("maxClockSkew"),
                ReorderEventsMax = (int)section.Integer("reorderEvents"),
                WorkingSetBytesMax = section.Measure("workingSet"),
                StateDirectory = stateDirectory,
                StateMemoryBytes = Math.Max(section.Measure("stateMemory"), StateMemoryBytesMin),
                Group = kafka?.GroupId ?? "",
                PreviousGroup = kafka?.PreviousGroupId,
            },
            Checkpoints = stateDirectory is null
                ? null
                : new CheckpointOptions(changelog, section.Measure("checkpointInterval"), section.Measure("checkpointAgeMax")),
        };
    }

    public static LoggingConfiguration ReadLogging(SectionReader root) => new(root.Section("logging").Choice<LogFormat>("format"));

    private static string FolderOf(SectionReader section, string key, LoadContext context) =>
        context.Resolve(new PlacedText(section.Text(key), section.PlaceOf(key)));
}
