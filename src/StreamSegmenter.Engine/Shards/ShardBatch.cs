namespace StreamSegmenter.Engine.Shards;

/// <summary>What flows through a shard's part of the pipeline: the events that its watermark has just released, in order,
/// and how far time has come. One object per shard, used again for every poll.</summary>
internal sealed class ShardBatch(Shard shard)
{
    public Shard Shard { get; } = shard;

    /// <summary>Everything due at or before this instant happens once the events are folded.</summary>
    public long UntilMs { get; set; }

    /// <summary>Per released event, its customer's place in the working set.</summary>
    public int[] Customers { get; private set; } = new int[256];

    public void EnsureRoom(int events)
    {
        if (Customers.Length < events)
        {
            Customers = new int[Math.Max(events, Customers.Length * 2)];
        }
    }
}
