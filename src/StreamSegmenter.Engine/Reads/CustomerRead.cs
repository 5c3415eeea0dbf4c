using StreamSegmenter.Customers;
using StreamSegmenter.Engine.Shards;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Folding;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Engine.Reads;

/// <summary>A customer's committed state, in the layout of the definitions beside it.</summary>
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
                found = new StoredCustomer(
                    shard.Partition, InPresentLayout(stored, shard.Layouts), shard.CommittedWatermarkMs, lane.Definitions, lane.Segments);
            }
        }

        _answer.TrySetResult(new CustomerAnswer(found, [.. lane.Shards.Keys]));
        return ReadProgress.Done;
    }

    internal override void Refuse(string reason) => _answer.TrySetException(new ReadRefusedException(reason));

    private static byte[] InPresentLayout(ReadOnlySpan<byte> stored, RecordLayouts layouts)
    {
        if (CustomerRecord.HeaderOf(stored).LayoutHash == layouts.Current.Hash)
        {
            return stored.ToArray();
        }

        var record = new CustomerRecord();
        record.Load(stored, layouts);
        return record.ToStored().ToArray();
    }
}
