using System.Reactive.Linq;
using StreamSegmenter.Engine.Shards;

namespace StreamSegmenter.Engine.Pipeline;

internal static class LoadCustomersOperator
{
    /// <summary>Brings every customer of the batch into the working set. All reads are issued before the first is awaited, so
    /// that those that go to disk overlap.</summary>
    public static IObservable<ShardBatch> LoadCustomers(this IObservable<ShardBatch> source) => source.Do(batch =>
    {
        var buffer = batch.Shard.Buffer;
        var customers = batch.Shard.Customers;
        var released = buffer.Released;
        batch.EnsureRoom(released.Length);
        for (var i = 0; i < released.Length; i++)
        {
            var events = buffer.Batch(released[i].Batch);
            ref readonly var e = ref events[released[i].Index];
            batch.Customers[i] = customers.BeginLoad(events.Text(in e, e.CustomerKey), e.KeyHash);
        }

        customers.CompleteLoads();
    });
}
