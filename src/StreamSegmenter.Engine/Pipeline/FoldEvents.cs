using System.Reactive.Linq;
using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;

namespace StreamSegmenter.Engine.Pipeline;

internal static class FoldEventsOperator
{
    // The first touch of a record waits for memory three times: for its object, its header and its sections.
    private const int RecordsAhead = 6;
    private const int BytesAhead = 3;

    /// <summary>Folds each event into its customer: what is due before it, then session, conversions, carts, segments.</summary>
    public static IObservable<ShardBatch> FoldEvents(this IObservable<ShardBatch> source, LaneContext lane) =>
        source.Do(batch =>
        {
            var shard = batch.Shard;
            var released = shard.Buffer.Released;
            for (var i = 0; i < released.Length; i++)
            {
                if (i + RecordsAhead < released.Length)
                {
                    shard.Customers[batch.Customers[i + RecordsAhead]].PrefetchRecord();
                    shard.Customers[batch.Customers[i + BytesAhead]].Record.PrefetchBytes();
                }

                var events = shard.Buffer.Batch(released[i].Batch);
                ref readonly var e = ref events[released[i].Index];
                var customer = shard.Customers[batch.Customers[i]];
                var folded = lane.Fold.Apply(customer.Record, customer.Name, in e, events, shard.Output);
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
    public static void Arm(Shard shard, State.WorkingCustomer customer)
    {
        ref var header = ref customer.Record.Header;
        if (header.NextDueMs < header.WheelDueMs)
        {
            header.WheelDueMs = header.NextDueMs;
            shard.Timers.Arm(header.NextDueMs, customer.StateKeyBytes);
        }
    }
}
