using System.Reactive.Linq;
using StreamSegmenter.Engine.Shards;

namespace StreamSegmenter.Engine.Pipeline;

internal static class LoadCustomersOperator
{
    // A look-up is a chain of misses: bucket, link, entry. Fetching a few events ahead, one step of the chain at a time, overlaps them.
    private const int BucketsAhead = 12;
    private const int LinksAhead = 8;
    private const int EntriesAhead = 4;

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
            if (i + BucketsAhead < released.Length)
            {
                customers.PrefetchBucket(buffer.HashOf(released[i + BucketsAhead]));
                customers.PrefetchLink(buffer.HashOf(released[i + LinksAhead]));
                customers.PrefetchEntry(buffer.HashOf(released[i + EntriesAhead]));
            }

            var events = buffer.Batch(released[i].Batch);
            ref readonly var e = ref events[released[i].Index];
            batch.Customers[i] = customers.BeginLoad(events.Text(in e, e.CustomerKey), e.KeyHash);
        }

        customers.CompleteLoads();
    });
}
