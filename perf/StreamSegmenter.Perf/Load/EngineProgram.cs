using StreamSegmenter.Connectors.Codecs.Json.Outputs;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Lanes;
using StreamSegmenter.Engine.Options;
using StreamSegmenter.Engine.Outputs;
using StreamSegmenter.Engine.Telemetry;

namespace StreamSegmenter.Perf.Load;

/// <summary>One lane of the engine, doing the whole job: decode, order, load, fold, fire, evaluate, count, commit.</summary>
internal static class EngineProgram
{
    private const long StateMemoryBytes = 2L << 30;
    private const long CheckpointIntervalMs = 1_000;

    public static LoadRound Run(LoadOptions load, string bootstrapServers) =>
        load.Source == LoadSource.Memory ? FromMemory(load) : FromKafka(load, bootstrapServers);

    private static LoadRound FromMemory(LoadOptions load)
    {
        var log = RecordLog.Of(new Traffic(load.Shape), load.EventsInAll, load.Partitions, load.Codec);
        return Measure(load, Options(), new MemoryLaneSource(log, load.Codec.Decoder()), new CountingSink(null));
    }

    private static LoadRound FromKafka(LoadOptions load, string bootstrapServers)
    {
        using var encoder = new JsonOutputEncoder();
        using var kafka = new KafkaLane(KafkaLoad.Settings(bootstrapServers, load.Durability), 0, [load.Codec.Decoder()], encoder, TimeProvider.System);
        if (load.Durability != LoadDurability.Checkpoints)
        {
            return Measure(load, Options(), kafka.Source, new CountingSink(kafka.Sink));
        }

        var state = Directory.CreateTempSubdirectory("streamsegmenter-perf-");
        try
        {
            var options = Options() with
            {
                StateDirectory = state.FullName,
                Checkpoints = new CheckpointOptions(KafkaLoad.Outputs.Changelog, CheckpointIntervalMs, AgeMsMax: 3_600_000),
            };
            return Measure(load, options, kafka.Source, new CountingSink(kafka.Sink));
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }

    private static LoadRound Measure(LoadOptions load, EngineOptions options, ILaneSource source, CountingSink sink)
    {
        using var stop = new CancellationTokenSource();
        var meter = new LoadMeter();
        var labels = new TelemetryLabels(
            [LoadOptions.Topic], [.. LoadDefinitions.Storefront.CartAbandonment.Select(rule => rule.Id)],
            [.. LoadDefinitions.Storefront.Segments.Select(segment => segment.Id)]);
        using var telemetry = new EngineTelemetry(labels, TimeProvider.System);
        using var outputs = new EngineOutputs();
        var counters = telemetry.AddLane();
        using var lane = new Lane(new LaneDependencies
        {
            Versions = LoadDefinitions.Versions(),
            Options = options,
            Counters = counters,
            Outputs = outputs,
            Clock = TimeProvider.System,
            Source = new MeteredSource(source, LoadOptions.WarmUpEvents, load.EventsInAll, meter, stop.Cancel),
            Sink = sink,
        });
        var outcome = lane.Run(stop.Token);
        if (options.Checkpoints is not null)
        {
            sink.Outputs["checkpoints"] = counters.CheckpointsWritten;
        }

        var round = meter.Stop(load.EventsInAll, sink.Outputs);
        return outcome.Status == CommitStatus.Committed
            ? round
            : throw new InvalidOperationException($"the lane stopped: {outcome.Status}, {outcome.Reason}");
    }

    private static EngineOptions Options() => new()
    {
        Inputs = [new InputTiming(LoadOptions.Topic, Traffic.MaxOutOfOrdernessMs)],
        MaxClockSkewMs = null,
        ReorderEventsMax = 10_000,
        StateMemoryBytes = StateMemoryBytes,
    };
}
