namespace StreamSegmenter.Engine.State;

/// <summary>What a shard's spill file gave back is not what was written, or cannot be read. Nothing of it was served: the shard's
/// store is to be thrown away and restored.</summary>
internal sealed class StateDamagedException(string message) : Exception(message);
