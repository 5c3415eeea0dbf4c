namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Records of an input that the brokers deleted before this lane read them: retention was shorter than the engine was
/// behind.</summary>
/// <param name="Input">Index of the input.</param>
/// <param name="Offset">The first of them.</param>
/// <param name="Count">How many offsets there are to the next record that can be read; after a compaction, fewer were records.</param>
internal readonly record struct LostRecords(int Input, string Topic, int Partition, long Offset, long Count);
