using System.Reflection;
using StreamSegmenter.Api;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Runtime;
using StreamSegmenter.Runtime.Configuration;

namespace StreamSegmenter.Host.Api;

/// <summary>How the engine of this process is, out of what its lanes count for the telemetry.</summary>
internal sealed class StatusReports(StreamSegmenterConfiguration configuration, KafkaEngine engine)
{
    private readonly EngineTelemetry _telemetry = engine.Telemetry;
    private readonly DateTime _startedAt = ApiTime.Of(engine.Telemetry.NowMs());

    /// <summary>With the commit that it was built from, where the build knew it.</summary>
    public static string Version { get; } =
        typeof(StatusReports).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public EngineStatus Status()
    {
        var lanes = _telemetry.Lanes;
        ShardGauges[] shards = [.. lanes.SelectMany(lane => lane.Shards)];
        var nowMs = _telemetry.NowMs();
        var inputs = Enumerable.Range(0, _telemetry.Labels.Inputs.Count).ToArray();
        return new EngineStatus(
            ApiTime.Of(nowMs), _startedAt, Version, _telemetry.IsReady, configuration.Kafka!.GroupId,
            configuration.Kafka.Delivery == DeliveryMode.ExactlyOnce ? "exactly-once" : "at-least-once",
            _telemetry.Labels.Inputs, engine.Reads.Partitions,
            Sum(lanes, lane => lane.Own(LaneCounters.OwnRecordsPolled)), EventsOf(lanes, inputs),
            shards.Sum(shard => inputs.Sum(input => Math.Max(0, shard.LagRecords(input)))),
            shards.SelectMany(shard => inputs.Select(input => shard.LagSeconds(input, nowMs) ?? 0)).DefaultIfEmpty(0).Max(),
            shards.Length == 0 ? null : shards.Min(shard => ApiTime.OrNever(shard.WatermarkMs)),
            configuration.Definitions.Currency.ToString(), shards.Sum(shard => shard.Customers), CommitsOf(lanes),
            [.. lanes.Select(LaneOf)]);
    }

    public IReadOnlyList<ShardStatus> Shards()
    {
        var nowMs = _telemetry.NowMs();
        return [.. _telemetry.Lanes.SelectMany(lane => lane.Shards.Select(shard => ShardOf(lane, shard, nowMs))).OrderBy(shard => shard.Partition)];
    }

    private ShardStatus ShardOf(LaneCounters lane, ShardGauges shard, long nowMs)
    {
        var inputs = _telemetry.Labels.Inputs;
        long[] lags = [.. Enumerable.Range(0, inputs.Count).Select(shard.LagRecords).Where(lag => lag >= 0)];
        double[] seconds = [.. Enumerable.Range(0, inputs.Count).Select(input => shard.LagSeconds(input, nowMs)).OfType<double>()];
        var watermark = ApiTime.OrNever(shard.WatermarkMs);
        return new ShardStatus(
            shard.Partition, lane.Health.Name, watermark,
            watermark is null ? null : Math.Max(0, nowMs - shard.WatermarkMs) / 1000.0,
            shard.Customers, lags.Length == 0 ? null : lags.Sum(), seconds.Length == 0 ? null : seconds.Max(), shard.ReorderEvents,
            shard.RestoreRemaining == ShardGauges.Unknown ? null : shard.RestoreRemaining,
            ApiTime.OrNever(shard.CheckpointAtMs), shard.CheckpointBytes == ShardGauges.Unknown ? null : shard.CheckpointBytes, shard.SpillBytes,
            [.. inputs.Where((_, input) => shard.IsPaused(input))]);
    }

    private static LaneStatus LaneOf(LaneCounters lane)
    {
        var health = lane.Health.Readiness();
        return new LaneStatus(
            lane.Health.Name, health.Ready, health.Reason, lane.Health.SinceHeartbeat().TotalMilliseconds,
            [.. lane.Shards.Select(shard => shard.Partition).Order()], lane.Own(LaneCounters.OwnWorkingSetCustomers),
            lane.Own(LaneCounters.OwnWorkingSetBytes));
    }

    private static EventCounts EventsOf(LaneCounters[] lanes, int[] inputs) => new(
        inputs.Sum(input => Observe.Sum(lanes, lane => lane.EventsApplied, input)),
        inputs.Sum(input => Observe.Sum(lanes, lane => lane.EventsLate, input)),
        inputs.Sum(input => Observe.Sum(lanes, lane => lane.EventsTooLate, input)),
        inputs.Sum(input => Observe.Sum(lanes, lane => lane.EventsDuplicate, input)),
        inputs.Sum(input => Observe.Sum(lanes, lane => lane.DeadLettersUnreadable, input)
            + Observe.Sum(lanes, lane => lane.DeadLettersClockSkew, input) + Observe.Sum(lanes, lane => lane.DeadLettersStateFull, input)),
        inputs.Sum(input => Observe.Sum(lanes, lane => lane.DeadLettersPartial, input)));

    private static CommitCounts CommitsOf(LaneCounters[] lanes)
    {
        long Of(CommitStatus status) => Observe.Sum(lanes, lane => lane.Commits, (int)status);
        var all = Enum.GetValues<CommitStatus>().Sum(Of);
        return new CommitCounts(
            Of(CommitStatus.Committed), Of(CommitStatus.Aborted), Of(CommitStatus.Fenced), Of(CommitStatus.Failed), Of(CommitStatus.InDoubt),
            all == 0 ? null : lanes.Sum(lane => lane.CommitSeconds) * 1000 / all);
    }

    private static long Sum(LaneCounters[] lanes, Func<LaneCounters, long> read) => Observe.Sum(lanes, read);
}
