using System.Reactive.Linq;
using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;

namespace StreamSegmenter.Engine.Pipeline;

internal static class FoldEventsOperator
{
    /// <summary>Folds each event into its customer: what is due before it, then session, conversions, carts, segments.</summary>
    public static IObservable<ShardBatch> FoldEvents(this IObservable<ShardBatch> source, LaneContext lane) =>
        source.Do(batch =>
        {
            var shard = batch.Shard;
            var released = shard.Buffer.Released;
            for (var i = 0; i < released.Length; i++)
            {
                if (i + RecordPrefetch.Distance < released.Length)
                {
                    for (var step = 0; step < RecordPrefetch.Steps; step++)
                    {
                        RecordPrefetch.Run(shard.Customers[batch.Customers[i + RecordPrefetch.Ahead(step)]], step);
                    }
                }

                var events = shard.Buffer.Batch(released[i].Batch);
                ref readonly var e = ref events[released[i].Index];
                var customer = shard.Customers[batch.Customers[i]];
                var folded = shard.Fold.Apply(customer.Record, customer.Name, in e, events, shard.Output);
                Count(lane.Counters, in e, folded);
                if (folded != FoldOutcome.Duplicate)
                {
                    shard.Customers.MarkDirty(customer);
                    Arm(shard, customer);
                }
            }
        });

    private static void Count(LaneCounters counters, in StorefrontEvent e, FoldOutcome folded) => _ = folded switch
    {
        FoldOutcome.Duplicate => counters.EventsDuplicate[e.Input]++,
        FoldOutcome.Refused => counters.DeadLettersStateFull[e.Input]++,
        _ => e.Has(EventFields.Late) ? counters.EventsLate[e.Input]++ : counters.EventsApplied[e.Input]++,
    };

    /// <summary>Tells the wheel of a customer that is due earlier than the wheel believes. One that is due later costs
    /// nothing: the wheel finds out when it fires.</summary>
    public static void Arm(Shard shard, WorkingCustomer customer)
    {
        ref var header = ref customer.Record.Header;
        if (header.NextDueMs < header.WheelDueMs)
        {
            header.WheelDueMs = header.NextDueMs;
            shard.Timers.Arm(header.NextDueMs, customer.StateKeyBytes);
        }
    }
}
