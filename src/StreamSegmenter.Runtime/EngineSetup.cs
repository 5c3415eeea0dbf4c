using StreamSegmenter.Connectors.Files;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Options;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Runtime;

/// <summary>Says in the engine's and the connectors' terms what a configuration says.</summary>
internal static class EngineSetup
{
    /// <summary>An eighth of it is a shard's.</summary>
    private const long StateMemoryBytesMin = 64 << 20;

    /// <param name="inputNames">How telemetry and dead letters call the inputs.</param>
    public static EngineOptions OptionsOf(StreamSegmenterConfiguration configuration, IEnumerable<string> inputNames)
    {
        var engine = configuration.Engine;
        return new EngineOptions(
            [.. inputNames.Zip(configuration.Inputs, (name, input) => new InputTiming(name, input.MaxOutOfOrdernessMs))],
            engine.IdleTimeoutMs,
            engine.MaxClockSkewMs,
            engine.CommitIntervalMs,
            engine.ReorderEventsMax,
            engine.WorkingSetBytesMax,
            engine.StateDirectory,
            Math.Max(engine.StateMemoryBytes, StateMemoryBytesMin))
        {
            Group = configuration.Kafka?.Group ?? "",
            PreviousGroup = configuration.Kafka?.PreviousGroup,
        };
    }

    /// <summary>Only for <c>run</c>: elsewhere there is no changelog to go on from.</summary>
    public static CheckpointOptions? CheckpointsOf(StreamSegmenterConfiguration configuration) =>
        configuration.Engine.StateDirectory is null ? null : new CheckpointOptions(
            configuration.Outputs.Topics.Changelog, configuration.Engine.CheckpointIntervalMs, configuration.Engine.CheckpointAgeMsMax);

    /// <summary>The inputs' files. Each is called by its file name alone: where it stands is no part of a result.</summary>
    public static IReadOnlyList<FileInput> FilesOf(StreamSegmenterConfiguration configuration) =>
        [.. configuration.Inputs.Select(input => new FileInput
        {
            Path = input.File!,
            Name = Path.GetFileName(input.File!),
            Format = input.Format switch
            {
                RecordFormat.Csv => FileFormat.Csv,
                RecordFormat.Avro => FileFormat.Avro,
                _ => FileFormat.JsonLines,
            },
            Csv = input.Csv,
            Mapping = input.Mapping,
            SortByEventTime = input.SortByEventTime,
        })];

    /// <summary>How to reach Kafka. The configuration was loaded for <c>run</c>: it has a cluster and every input a topic.</summary>
    public static KafkaSettings KafkaOf(StreamSegmenterConfiguration configuration)
    {
        var kafka = configuration.Kafka!;
        var topics = configuration.Outputs.Topics;
        var startAt = kafka.StartAtLatest ? StartAt.Latest : StartAt.Earliest;
        return new KafkaSettings
        {
            BootstrapServers = kafka.Brokers,
            GroupId = kafka.Group,
            PreviousGroupId = kafka.PreviousGroup,
            InstanceId = kafka.Instance,
            Inputs = [.. configuration.Inputs.Select(input => new KafkaInput(input.Topic!, startAt))],
            Outputs = new KafkaOutputs(
                topics.CartAbandonment, topics.SegmentMembership, topics.ConversionMetrics, topics.DeadLetters, topics.LateEvents,
                topics.Changelog)
            {
                SuppressedTriggers = topics.SuppressedTriggers,
            },
            Delivery = kafka.ExactlyOnce ? DeliveryMode.ExactlyOnce : DeliveryMode.AtLeastOnce,
            GroupProtocol = kafka.ConsumerProtocol ? GroupProtocol.Consumer : GroupProtocol.Classic,
            CreateTopics = kafka.CreateTopics,
            ReplicationFactor = (short)kafka.ReplicationFactor,
            SessionTimeoutMs = kafka.Timing.SessionTimeoutMs,
            CommitTimeoutMs = kafka.Timing.CommitTimeoutMs,
            SilenceMaxMs = kafka.Timing.SilenceMsMax,
            PollIntervalMsMax = kafka.Timing.PollIntervalMsMax,
            RecordBytesMax = kafka.RecordBytesMax,
            Properties = kafka.Properties,
            ConsumerProperties = kafka.ConsumerProperties,
            ProducerProperties = kafka.ProducerProperties,
        };
    }
}
