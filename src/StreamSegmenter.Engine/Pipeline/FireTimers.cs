using System.Reactive.Linq;
using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Engine.Pipeline;

internal static class FireTimersOperator
{
    private const int FiredBetweenLooks = 256;

    /// <summary>Lets time pass for those who had no event: abandoned carts fire, memberships end, panes close. Many customers may be
    /// due at one instant: when the working set is full, the rest wait until it is committed.</summary>
    public static IObservable<ShardBatch> FireTimers(this IObservable<ShardBatch> source, LaneContext lane) =>
        source.Do(batch =>
        {
            var shard = batch.Shard;
            var fired = 0;
            shard.HasTimersDue = false;
            while (shard.Timers.TryPop(batch.UntilMs, out var dueMs, out var stateKey))
            {
                if (stateKey[0] == StateKey.Pane)
                {
                    shard.Panes.OnDue(stateKey[1..]);
                }
                else
                {
                    Fire(shard, shard.Customers.Load(stateKey[1..]), dueMs, batch.UntilMs);
                }

                if (++fired % FiredBetweenLooks == 0 && lane.WorkingSetBytes() >= lane.Options.WorkingSetBytesMax)
                {
                    shard.HasTimersDue = true;
                    shard.Panes.FiredUntilMs = Math.Max(shard.Panes.FiredUntilMs, dueMs - 1);
                    return;
                }
            }

            shard.Panes.FiredUntilMs = batch.UntilMs;
        });

    private static void Fire(Shard shard, WorkingCustomer customer, long dueMs, long untilMs)
    {
        if (customer.Record.Header.WheelDueMs != dueMs)
        {
            // The deadline moved earlier once, and this is the entry that it left behind.
            return;
        }

        customer.Record.Header.WheelDueMs = long.MaxValue;
        shard.Customers.MarkDirty(customer);
        shard.Fold.RunUntil(customer.Record, customer.Name, untilMs, shard.Output);
        FoldEventsOperator.Arm(shard, customer);
    }
}
