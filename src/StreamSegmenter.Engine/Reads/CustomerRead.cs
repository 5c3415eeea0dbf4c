using StreamSegmenter.Customers;
using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Folding;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Engine.Reads;

/// <summary>A customer's committed state, and the definitions that hold for it.</summary>
/// <param name="WatermarkMs">Of the shard: what was due up to it has happened and is committed; <see cref="long.MinValue"/> before the first event.</param>
internal sealed record StoredCustomer(
    int Partition, byte[] Record, long WatermarkMs, StorefrontDefinitions Definitions, SegmentProgram Segments);

/// <summary>What a lane knows of a customer.</summary>
/// <param name="Customer">Null: none of these shards has the customer.</param>
/// <param name="Partitions">The shards that were looked into.</param>
internal sealed record CustomerAnswer(StoredCustomer? Customer, IReadOnlyList<int> Partitions);

/// <summary>Looks one customer up in every shard of a lane: which partition a customer is in is the producers' affair.</summary>
internal sealed class CustomerRead(ReadOnlyMemory<byte> customerKey, CancellationToken waiting) : LaneRead
{
    private readonly TaskCompletionSource<CustomerAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _stateKey = [StateKey.Customer, .. customerKey.Span];

    public Task<CustomerAnswer> Answer => _answer.Task;

    public override bool IsOver => waiting.IsCancellationRequested;

    internal override ReadProgress Work(LaneContext lane)
    {
        StoredCustomer? found = null;
        foreach (var shard in lane.Shards.Values)
        {
            if (shard.Store.TryRead(_stateKey, out var stored))
            {
                found = Describe(stored, shard, lane);
            }
        }

        _answer.TrySetResult(new CustomerAnswer(found, [.. lane.Shards.Keys]));
        return ReadProgress.Done;
    }

    internal override void Refuse(string reason) => _answer.TrySetException(new ReadRefusedException(reason));

    private static StoredCustomer Describe(ReadOnlySpan<byte> stored, Shard shard, LaneContext lane)
    {
        // Just after the shard has changed over, a record still has the form of the definitions that wrote it: it is right under those.
        var hash = CustomerRecord.HeaderOf(stored).LayoutHash;
        var version = shard.Layouts.Current.Hash == hash
            ? shard.Version
            : lane.Versions.All.LastOrDefault(version => lane.FoldOf(version).Layout.Hash == hash);
        return new StoredCustomer(
            shard.Partition, version is null ? Migrated(stored, shard.Layouts) : stored.ToArray(), shard.CommittedWatermarkMs,
            (version ?? shard.Version).Definitions, (version ?? shard.Version).Segments);
    }

    private static byte[] Migrated(ReadOnlySpan<byte> stored, RecordLayouts layouts)
    {
        var record = new CustomerRecord();
        record.Load(stored, layouts);
        return record.ToStored().ToArray();
    }
}
