using StreamSegmenter.Connectors.Codecs.Json.Outputs;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Lanes;
using StreamSegmenter.Engine.Pipeline;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Perf.Load;

/// <summary>One lane of the engine, doing the whole job: decode, order, load, fold, fire, evaluate, count, commit.</summary>
internal static class EngineProgram
{
    private const long StateMemoryBytes = 2L << 30;

    public static LoadRound Run(LoadOptions load, string bootstrapServers) =>
        load.Source == LoadSource.Memory ? FromMemory(load) : FromKafka(load, bootstrapServers);

    private static LoadRound FromMemory(LoadOptions load)
    {
        var log = RecordLog.Of(new Traffic(load.Shape), load.EventsInAll, load.Partitions, load.Codec);
        return Measure(load, new MemoryLaneSource(log, load.Codec.Decoder()), new CountingSink(null));
    }

    private static LoadRound FromKafka(LoadOptions load, string bootstrapServers)
    {
        using var encoder = new JsonOutputEncoder();
        using var kafka = new KafkaLane(KafkaLoad.Settings(bootstrapServers, load.Durability), 0, [load.Codec.Decoder()], encoder, TimeProvider.System);
        return Measure(load, kafka.Source, new CountingSink(kafka.Sink));
    }

    private static LoadRound Measure(LoadOptions load, ILaneSource source, CountingSink sink)
    {
        using var stop = new CancellationTokenSource();
        var meter = new LoadMeter();
        var labels = new TelemetryLabels(
            [LoadOptions.Topic], [.. LoadDefinitions.Storefront.CartAbandonment.Select(rule => rule.Id)],
            [.. LoadDefinitions.Storefront.Segments.Select(segment => segment.Id)]);
        using var telemetry = new EngineTelemetry(labels, TimeProvider.System);
        using var outputs = new EngineOutputs();
        using var lane = new Lane(new LaneParts(
            0, LoadDefinitions.Storefront, Segments(), Options(), telemetry.AddLane(), outputs, TimeProvider.System,
            new MeteredSource(source, LoadOptions.WarmUpEvents, load.EventsInAll, meter, stop.Cancel), sink));
        var outcome = lane.Run(stop.Token);
        var round = meter.Stop(load.EventsInAll, sink.Outputs);
        return outcome.Status == CommitStatus.Committed
            ? round
            : throw new InvalidOperationException($"the lane stopped: {outcome.Status}, {outcome.Reason}");
    }

    private static SegmentProgram Segments()
    {
        var errors = new List<DefinitionError>();
        return SegmentProgram.Compile(LoadDefinitions.Storefront, [], errors)
            ?? throw new InvalidOperationException(string.Join(Environment.NewLine, errors));
    }

    private static EngineOptions Options() => new(
        [new InputTiming(LoadOptions.Topic, Traffic.MaxOutOfOrdernessMs)], IdleTimeoutMs: 1_000, MaxClockSkewMs: null,
        CommitIntervalMs: 1_000, ReorderEventsMax: 10_000, WorkingSetBytesMax: 256L << 20, StateDirectory: null, StateMemoryBytes);
}
