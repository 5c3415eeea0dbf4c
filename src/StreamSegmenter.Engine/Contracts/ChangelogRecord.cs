namespace StreamSegmenter.Engine.Contracts;

/// <summary>One line of the changelog: the truth about one key of a shard's state after this commit.</summary>
/// <param name="Value">Empty: the key is deleted (tombstone).</param>
internal readonly record struct ChangelogRecord(int Partition, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value);
