namespace StreamSegmenter.Engine.Contracts;

/// <summary>One partition of one configured input.</summary>
/// <param name="Input">Index of the input in the configuration.</param>
internal readonly record struct InputPartition(int Input, int Partition);
