using System.Diagnostics.Metrics;

namespace StreamSegmenter.Engine.Telemetry;

/// <summary>The shapes in which lane counters become measurements. Runs at a scrape, so it may allocate; the hot path never
/// comes here.</summary>
internal static class Observe
{
    public static KeyValuePair<string, object?> Label(string name, object value) => new(name, value);

    /// <summary>One figure per configured name: the sum of a row over all lanes.</summary>
    public static IEnumerable<Measurement<long>> Rows(
        LaneCounters[] lanes, Func<LaneCounters, PaddedCounters> row, string label, IReadOnlyList<string> names,
        params KeyValuePair<string, object?>[] more)
    {
        for (var i = 0; i < names.Count; i++)
        {
            yield return new(Sum(lanes, row, i), [Label(label, names[i]), .. more]);
        }
    }

    public static long Sum(LaneCounters[] lanes, Func<LaneCounters, PaddedCounters> row, int index)
    {
        long sum = 0;
        foreach (var lane in lanes)
        {
            sum += row(lane).Read(index);
        }

        return sum;
    }

    /// <summary>A figure of the process: the sum of a lane's own counter over all lanes.</summary>
    public static long Sum(LaneCounters[] lanes, Func<LaneCounters, long> read)
    {
        long sum = 0;
        foreach (var lane in lanes)
        {
            sum += read(lane);
        }

        return sum;
    }

    /// <summary>One figure per lane.</summary>
    public static IEnumerable<Measurement<T>> Lanes<T>(LaneCounters[] lanes, Func<LaneCounters, T> read)
        where T : struct
    {
        foreach (var lane in lanes)
        {
            yield return new(read(lane), Label("lane", lane.Health.Name));
        }
    }

    /// <summary>One figure per shard; shards that do not know theirs are left out.</summary>
    public static IEnumerable<Measurement<T>> Shards<T>(LaneCounters[] lanes, Func<ShardGauges, T?> read)
        where T : struct
    {
        foreach (var shard in AllShards(lanes))
        {
            if (read(shard) is { } value)
            {
                yield return new(value, Label("partition", shard.Partition));
            }
        }
    }

    /// <summary>One figure per partition of each input; partitions that do not know theirs are left out.</summary>
    public static IEnumerable<Measurement<T>> Partitions<T>(
        LaneCounters[] lanes, IReadOnlyList<string> inputs, Func<ShardGauges, int, T?> read)
        where T : struct
    {
        foreach (var shard in AllShards(lanes))
        {
            for (var input = 0; input < inputs.Count; input++)
            {
                if (read(shard, input) is { } value)
                {
                    yield return new(value, Label("topic", inputs[input]), Label("partition", shard.Partition));
                }
            }
        }
    }

    public static IEnumerable<ShardGauges> AllShards(LaneCounters[] lanes) => lanes.SelectMany(lane => lane.Shards);
}
