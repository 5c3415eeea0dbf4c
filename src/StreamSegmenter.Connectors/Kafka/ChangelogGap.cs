using System.Globalization;
using Confluent.Kafka;
using StreamSegmenter.Engine.Contracts;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Says what is wrong when a changelog does not hold the offset from which local state would go on.</summary>
internal static class ChangelogGap
{
    /// <exception cref="ChangelogLostException">It is outside.</exception>
    public static void ThrowIfOutside(string topic, int partition, long from, WatermarkOffsets ends)
    {
        var what = from < ends.Low.Value
            ? $"starts at offset {ends.Low.Value}, but the local state ends at {from}: the lines between them are gone"
            : from > ends.High.Value ? $"ends at offset {ends.High.Value}, but the local state already holds {from}: it is not the same topic, or it was cut" : null;
        if (what is not null)
        {
            throw new ChangelogLostException(string.Create(
                CultureInfo.InvariantCulture,
                $"Partition {partition} of changelog topic '{topic}' {what}. Going on would lose customers' state. Restore the topic "
                + $"from a backup (its cleanup.policy must be 'compact' alone); or, to rebuild the state from the inputs, name a new "
                + $"changelog topic and a new group; or, if what the topic holds is complete, remove the checkpoints of this shard."));
        }
    }
}
