using System.Reactive.Linq;
using System.Text;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Events;

namespace StreamSegmenter.Engine.Pipeline;

internal static class AdmitEventsOperator
{
    /// <summary>Routes every event to its shard's reorder buffer. Skips what was folded before a restart; what comes later
    /// than grace allows goes to the late topic instead.</summary>
    public static IObservable<PolledRecords> AdmitEvents(this IObservable<PolledRecords> source, LaneContext lane) =>
        source.Do(polled =>
        {
            var nowMs = lane.NowMs();
            Shard? shard = null;
            foreach (ref var e in polled.Events.Events)
            {
                if (shard is null || shard.Partition != e.Partition)
                {
                    if (!lane.Shards.TryGetValue(e.Partition, out shard))
                    {
                        // Taken away while the poll was under way: its new owner reads it again.
                        continue;
                    }
                }

                Admit(lane, shard, polled.Events, ref e, nowMs);
            }
        });

    private static void Admit(LaneContext lane, Shard shard, EventBatch batch, ref StorefrontEvent e, long nowMs)
    {
        if (shard.Positions.IsFolded(e.Input, e.Offset, e.IndexInRecord))
        {
            return;
        }

        var watermarkMs = shard.Watermark.ValueMs;
        if (e.EventTimeMs < watermarkMs)
        {
            if (watermarkMs - e.EventTimeMs > lane.Definitions.GraceMs)
            {
                lane.Outbox.LateEvents.Add(Describe(lane, batch, in e, watermarkMs));
                lane.Counters.EventsTooLate[e.Input]++;
                return;
            }

            e.Fields |= EventFields.Late;
        }

        shard.Watermark.Observe(e.Input, e.EventTimeMs, nowMs);
        shard.Buffer.Add(batch, in e);
    }

    private static LateEvent Describe(LaneContext lane, EventBatch batch, in StorefrontEvent e, long watermarkMs) => new(
        lane.Options.Inputs[e.Input].Name, e.Partition, e.Offset, Encoding.UTF8.GetString(batch.Text(in e, e.CustomerKey)),
        EventTypes.NameOf(e.Type), e.EventTimeMs, watermarkMs);
}
