using StreamSegmenter.Connectors.Codecs.Avro.Framing;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Runtime.Configuration.Sections;

/// <summary>Reads what an operator sets: Kafka, outputs, schemas, engine, HTTP.</summary>
internal static class OperationsSection
{
    public static KafkaConfiguration? ReadKafka(SectionReader root, LoadContext context)
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
        var timing = new KafkaTiming(
            (int)section.Measure("sessionTimeout"), (int)section.Measure("commitTimeout"), (int)section.Measure("pollIntervalMax"),
            (int)section.Measure("silenceMax"));
        if (timing.PollIntervalMsMax < Math.Max(timing.SessionTimeoutMs, timing.CommitTimeoutMs))
        {
            context.Problems.Add(
                section.PlaceOf("pollIntervalMax"),
                "'pollIntervalMax' is shorter than 'sessionTimeout' or 'commitTimeout': a commit must fit between two polls");
        }

        return new KafkaConfiguration(
            section.Texts("brokers") is { Count: > 0 } brokers ? string.Join(',', brokers.Select(broker => broker.Text)) : section.Text("brokers"),
            section.Text("group"),
            section.TextOrNull("previousGroup"),
            section.TextOrNull("instance"),
            section.Text("delivery") == "exactly-once",
            section.Text("groupProtocol") == "consumer",
            section.Text("startAt") == "latest",
            section.Boolean("createTopics"),
            (int)section.Integer("replicationFactor"),
            timing,
            (int)section.Measure("recordMax"),
            ReadProperties(section, "properties", context, KafkaSettings.PropertyProblem),
            ReadProperties(section, "consumerProperties", context, KafkaSettings.PropertyProblem),
            ReadProperties(section, "producerProperties", context, KafkaSettings.PropertyProblem));
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
        string[] keys =
        [
            "cartAbandonment", "suppressedTriggers", "segmentMembership", "conversionMetrics", "deadLetters", "lateEvents",
            "changelog",
        ];
        var names = keys.Select(key => new PlacedText(topics.Text(key), topics.PlaceOf(key))).ToArray();
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
            section.Text("format") == "avro" ? RecordFormat.Avro : RecordFormat.Json,
            new OutputTopics(names[0].Text, names[1].Text, names[2].Text, names[3].Text, names[4].Text, names[5].Text, names[6].Text));
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

    public static EngineConfiguration ReadEngine(SectionReader root, LoadContext context)
    {
        var section = root.Section("engine");
        return new EngineConfiguration(
            section.Scalar("lanes") is null ? null : (int)section.Integer("lanes"),
            (int)section.Integer("shards"),
            section.Measure("commitInterval"),
            section.Measure("idleTimeout"),
            section.Measure("maxClockSkew"),
            (int)section.Integer("reorderEvents"),
            section.Measure("workingSet"),
            section.Has("stateDirectory") ? FolderOf(section, "stateDirectory", context) : null,
            section.Measure("stateMemory"),
            section.Measure("shutdownDeadline"),
            section.Measure("checkpointInterval"),
            section.Measure("checkpointAgeMax"));
    }

    public static HttpConfiguration ReadHttp(SectionReader root, LoadContext context)
    {
        var section = root.Section("http");
        var listen = section.Text("listen");
        if (listen == "off")
        {
            return new HttpConfiguration(null);
        }

        var (address, error) = ListenAddress.Parse(listen, section.Boolean("allowInsecure"));
        if (error is not null)
        {
            context.Problems.Add(section.PlaceOf("listen"), error);
        }

        return new HttpConfiguration(address);
    }

    public static LoggingConfiguration ReadLogging(SectionReader root) => new(root.Section("logging").Text("format") switch
    {
        "text" => LogFormat.Text,
        "logfmt" => LogFormat.Logfmt,
        "json" => LogFormat.Json,
        _ => LogFormat.Auto,
    });

    private static string FolderOf(SectionReader section, string key, LoadContext context) =>
        context.Resolve(new PlacedText(section.Text(key), section.PlaceOf(key)));
}
