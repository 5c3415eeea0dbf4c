using StreamSegmenter.Engine.State;
using StreamSegmenter.Testing.Model;
using StreamSegmenter.Testing.Runs;

namespace StreamSegmenter.Testing.Checks;

/// <summary>No shard runs further ahead of the slowest than the weather allows. How far the others are is what is committed of them; the shard
/// itself may be that far and the alignment ahead, counted from where it began if another one has not committed anything yet.</summary>
internal static class Alignment
{
    public static void Check(SimulatedLane lane)
    {
        var (world, weather) = (lane.World, lane.World.Weather);
        if (weather.Live || !weather.ExactlyOnce || weather.AlignmentMs == 0 || weather.CatchUpMs > 0 || weather.PatienceMs < Weather.PatientMs || lane.Source.HasSaidEnd)
        {
            // A shard whose first events have not arrived yet holds no other back. Without an alignment, where it widens, or where a shard that is not heard of is left behind, there is nothing to check; without transactions, others may
            // have been told what was not committed in the end.
            return;
        }

        foreach (var shard in lane.Engine.Shards)
        {
            var begunMs = shard.Exchange!.StartMs;
            var slowestMs = Enumerable.Range(0, world.Kafka.Partitions).Where(other => other != shard.Partition)
                .Select(other => Math.Max(begunMs, CommittedMs(world, other))).DefaultIfEmpty(long.MaxValue - weather.AlignmentMs).Min();
            if (shard.Watermark.ValueMs > slowestMs + weather.AlignmentMs)
            {
                throw new BrokenPromiseException(
                    $"shard {shard.Partition} is at {shard.Watermark.ValueMs}, and the slowest at {slowestMs} (alignment {weather.AlignmentMs})");
            }
        }
    }

    /// <summary>At the end of the inputs a shard is as far as it has told, while its watermark stays.</summary>
    private static long CommittedMs(World world, int shard)
    {
        var line = world.Kafka.Changelog[shard].ReadCommitted().LastOrDefault(line => line.Value.Key.AsSpan().SequenceEqual(StateKey.ShardKey)).Value;
        var record = line is null ? null : ShardRecord.Decode(line.Value);
        return record is null ? long.MinValue : record.Exchange!.SaysSilent ? long.MaxValue - world.Weather.AlignmentMs
            : Math.Max(record.WatermarkMs, record.Exchange.ToldMs);
    }
}
