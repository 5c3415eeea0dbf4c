namespace StreamSegmenter.Engine.Contracts;

/// <summary>One record of the exchange topic, through which shards talk to each other.</summary>
/// <param name="Partition">The shard that it is for.</param>
/// <param name="Value">What is said; the sender and the receiver agree on its form, nobody between them looks into it.</param>
internal readonly record struct ExchangeRecord(int Partition, ReadOnlyMemory<byte> Value);
