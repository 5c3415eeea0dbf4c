namespace StreamSegmenter.Connectors.Kafka;

/// <summary>A transaction that a predecessor left open, and that held up a restore until it was ended.</summary>
/// <param name="Writer">Its transactional id.</param>
/// <param name="Failure">Why it could not be ended; null: it was.</param>
internal readonly record struct OpenTransaction(string Topic, int Partition, string Writer, string? Failure);
