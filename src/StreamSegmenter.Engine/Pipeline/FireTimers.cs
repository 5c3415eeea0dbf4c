using System.Reactive.Linq;
using StreamSegmenter.Engine.Lanes;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Engine.Pipeline;

internal static class FireTimersOperator
{
    /// <summary>Lets time pass for those who had no event: abandoned carts fire, memberships end, panes close.</summary>
    public static IObservable<ShardBatch> FireTimers(this IObservable<ShardBatch> source, LaneContext lane) =>
        source.Do(batch =>
        {
            var shard = batch.Shard;
            while (shard.Timers.TryPop(batch.UntilMs, out var dueMs, out var stateKey))
            {
                if (stateKey[0] == StateKey.Pane)
                {
                    shard.Panes.OnDue(stateKey[1..], dueMs);
                }
                else
                {
                    Fire(lane, shard, shard.Customers.Load(stateKey[1..]), dueMs, batch.UntilMs);
                }
            }

            shard.Panes.FiredUntilMs = batch.UntilMs;
        });

    private static void Fire(LaneContext lane, Shard shard, WorkingCustomer customer, long dueMs, long untilMs)
    {
        if (customer.Record.Header.WheelDueMs != dueMs)
        {
            // The deadline moved earlier once, and this is the entry that it left behind.
            return;
        }

        customer.Record.Header.WheelDueMs = long.MaxValue;
        customer.IsDirty = true;
        lane.Fold.RunUntil(customer.Record, customer.Name, untilMs, shard.Output);
        FoldEventsOperator.Arm(shard, customer);
    }
}
